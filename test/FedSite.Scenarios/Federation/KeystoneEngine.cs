using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Federation;

/// <summary>The real Keystone's engine in a process of its own; a question and an answer a line.</summary>
public sealed class KeystoneEngine : IDisposable
{
    private readonly Process _process;

    public KeystoneEngine()
    {
        var python = Require.Keystone();
        var script = Path.Combine(Repository.Root, "test/FedSite.Scenarios/Federation/keystone-engine.py");
        _process = Process.Start(
            new ProcessStartInfo(python, [script])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                StandardInputEncoding = new UTF8Encoding(false),
                StandardOutputEncoding = new UTF8Encoding(false),
            }
        )!;
    }

    public async Task<JsonObject> AskAsync(JsonObject question)
    {
        await _process.StandardInput.WriteLineAsync(question.ToJsonString());
        await _process.StandardInput.FlushAsync();
        var line = await _process.StandardOutput.ReadLineAsync();
        return JsonNode.Parse(line ?? throw new EndOfStreamException("Keystone's engine has ended."))!.AsObject();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
