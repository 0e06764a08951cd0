namespace FedSite.Checks;

/// <summary>Runs checks side by side.</summary>
public static class CheckRunner
{
    /// <summary>A check that takes longer counts as failed.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Findings in the order of the checks. Failures of a check become findings.</summary>
    /// <param name="checks">What to run.</param>
    /// <param name="subject">What to look at.</param>
    /// <param name="ended">Called after each check with the number of checks that have ended.</param>
    /// <param name="cancellationToken">Ends all checks.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<IReadOnlyList<Finding>> RunAsync(
        IReadOnlyList<SiteCheck> checks,
        CheckSubject subject,
        Action<int>? ended,
        CancellationToken cancellationToken
    )
    {
        var count = 0;
        var runs = checks.Select(async check =>
        {
            var findings = await RunOneAsync(check, subject, cancellationToken);
            ended?.Invoke(Interlocked.Increment(ref count));
            return findings;
        });
        var results = await Task.WhenAll(runs.ToList());
        return results.SelectMany(findings => findings).ToList();
    }

    private static async Task<List<Finding>> RunOneAsync(
        SiteCheck check,
        CheckSubject subject,
        CancellationToken cancellationToken
    )
    {
        using var limit = new CancellationTokenSource(Limit, subject.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var findings = new List<Finding>();
        try
        {
            // A check that ignores its token must not hold up the others' report.
            await Task.Run(() => CollectAsync(check, subject, findings, both.Token), both.Token).WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            Add(findings, check.Rule.Error($"There was no answer within {Limit.TotalSeconds:0} s."));
        }
        catch (FedSiteException e)
        {
            Add(findings, check.Rule.Error(e.Message, e.NextStep));
        }
        catch (Exception e)
        {
            Add(findings, check.Rule.Error($"Unexpected {e.GetType().Name}: {e.Message}"));
        }

        lock (findings)
        {
            return [.. findings];
        }
    }

    private static async Task CollectAsync(
        SiteCheck check,
        CheckSubject subject,
        List<Finding> findings,
        CancellationToken cancellationToken
    )
    {
        await foreach (var finding in check.Run(subject, cancellationToken).WithCancellation(cancellationToken))
            Add(findings, finding);
    }

    private static void Add(List<Finding> findings, Finding finding)
    {
        lock (findings)
        {
            findings.Add(finding);
        }
    }
}
