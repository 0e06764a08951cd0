namespace FedSite.Information.Gocdb;

/// <summary>GOCDB gave no answer that can be used.</summary>
/// <param name="published">The same in a few words without addresses, for the published document.</param>
internal sealed class GocdbException(string published, string message, string? nextStep = null, Exception? inner = null)
    : FedSiteException(message, nextStep, ExitCode.Failed, inner)
{
    public string Published { get; } = published;
}
