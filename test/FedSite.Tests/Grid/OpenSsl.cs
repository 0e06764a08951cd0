using System.Text;
using CliWrap;

namespace FedSite.Tests.Grid;

internal sealed record OpenSslRun(int ExitCode, byte[] Bytes, string Error)
{
    public string Output => Encoding.UTF8.GetString(Bytes);
}

/// <summary>The openssl program: the judge that shares no code with us.</summary>
internal static class OpenSsl
{
    public static async Task<OpenSslRun> RunAsync(string[] arguments, byte[]? input = null)
    {
        using var output = new MemoryStream();
        var error = new StringBuilder();
        var result = await Cli.Wrap("openssl")
            .WithArguments(arguments)
            .WithStandardInputPipe(PipeSource.FromBytes(input ?? []))
            .WithStandardOutputPipe(PipeTarget.ToStream(output))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(TestContext.Current.CancellationToken);
        return new OpenSslRun(result.ExitCode, output.ToArray(), error.ToString());
    }
}
