using System.Text;
using FedSite;
using FedSite.App;
using FedSite.App.Terminals;

// Asked by scripts and by every shell prompt, so it must not wait for anything to load.
if (args is ["--version"])
{
    using var output = Console.OpenStandardOutput();
    output.Write(Encoding.UTF8.GetBytes($"fedsite {ProductInfo.Version}\n"));
    return 0;
}

return await RunAsync(args);

static async Task<int> RunAsync(string[] args)
{
    using var terminal = Terminal.OfProcess();
    using var signals = new TerminationSignals();
    return (int)await CommandLine.RunAsync(args, terminal, TimeProvider.System, signals.Token);
}
