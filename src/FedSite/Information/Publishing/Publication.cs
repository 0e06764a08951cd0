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
    /// <param name="document">Whole.</param>
    /// <param name="targets">Where it goes.</param>
    /// <param name="limit">A target that is not done by then has failed.</param>
    /// <param name="time">For the limit.</param>
    /// <param name="ct">Ends all of it.</param>
    /// <returns>An outcome for each target, in their order.</returns>
    public static async Task<IReadOnlyList<TargetOutcome>> PublishAsync(
        ReadOnlyMemory<byte> document,
        IReadOnlyList<DocumentTarget> targets,
        TimeSpan limit,
        TimeProvider time,
        CancellationToken ct
    )
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        return await Task.WhenAll(targets.Select(target => PublishAsync(document, target, either.Token, ct)));
    }

    private static async Task<TargetOutcome> PublishAsync(
        ReadOnlyMemory<byte> document,
        DocumentTarget target,
        CancellationToken limit,
        CancellationToken ct
    )
    {
        try
        {
            await target.PublishAsync(document, limit);
            return new TargetOutcome(target.Name, target.Type, Error: null);
        }
        // Of whatever kind: a connection may break in the moment in which it is given up.
        catch (Exception e)
            when (e is not FedSiteException && limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            var late = new FedSiteException(
                $"{target.Name} was not done before the deadline.",
                "Whether it has the document is not known: run again, and look at why it is slow."
            );
            return new TargetOutcome(target.Name, target.Type, late);
        }
        catch (FedSiteException e)
        {
            return new TargetOutcome(target.Name, target.Type, e);
        }
    }
}
