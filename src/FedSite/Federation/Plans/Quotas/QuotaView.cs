namespace FedSite.Federation.Plans.Quotas;

/// <summary>What the cloud lets the projects have that the file gives a quota.</summary>
internal sealed record QuotaView
{
    public static QuotaView Empty { get; } = new();
}
