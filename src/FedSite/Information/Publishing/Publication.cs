namespace FedSite.Information.Publishing;

/// <summary>What became of one target.</summary>
/// <param name="Name">See <see cref="DocumentTarget.Name"/>.</param>
/// <param name="Type">See <see cref="DocumentTarget.Type"/>.</param>
/// <param name="Error">Null: the document is published there.</param>
public sealed record TargetOutcome(string Name, string Type, FedSiteException? Error)
{
    public bool IsDone => Error is null;
}

/// <summary>Publishes a document in several places.</summary>
public static class Publication
{
    /// <summary>At all targets at once; one that fails does not keep the others from it.</summary>
    /// <returns>An outcome for each target, in their order.</returns>
    public static async Task<IReadOnlyList<TargetOutcome>> PublishAsync(
        ReadOnlyMemory<byte> document,
        IReadOnlyList<DocumentTarget> targets,
        CancellationToken ct
    ) => await Task.WhenAll(targets.Select(target => PublishAsync(document, target, ct)));

    private static async Task<TargetOutcome> PublishAsync(
        ReadOnlyMemory<byte> document,
        DocumentTarget target,
        CancellationToken ct
    )
    {
        try
        {
            await target.PublishAsync(document, ct);
            return new TargetOutcome(target.Name, target.Type, Error: null);
        }
        catch (FedSiteException e)
        {
            return new TargetOutcome(target.Name, target.Type, e);
        }
    }
}
