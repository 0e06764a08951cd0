namespace FedSite.Sandbox.OpenStack;

/// <summary>A refusal by Glance.</summary>
internal sealed class GlanceFault(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
