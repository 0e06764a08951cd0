using System.Runtime.CompilerServices;
using FedSite.Accounting;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Checks;

/// <summary>Whether each project that somebody marked for accounting has a VO, and is accounted.</summary>
internal static class VoChecks
{
    public static async IAsyncEnumerable<Finding> RunAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var cloud = subject.ConnectCloud();
        var selection = new ProjectSelection(cloud, subject.Site, NullLogger.Instance);
        var choices = await selection.ChooseAsync([], cancellationToken);
        var accounted = choices.Where(choice => choice.Accounted).ToList();
        foreach (var choice in choices.Where(choice => !choice.Accounted))
        {
            var seen = $"Project {choice.Name} is not accounted: {choice.Reason}.";
            yield return choice.IsFault ? CheckRules.ProjectVo.Warning(seen) : CheckRules.ProjectVo.Info(seen);
        }

        var vos = accounted.Select(choice => choice.Vo).Distinct().Count();
        yield return accounted.Count == 0
            ? CheckRules.ProjectVo.Error(
                "No project is accounted: none is listed under `vos`, none has a VO property, none has the tag."
            )
            : CheckRules.ProjectVo.Ok($"{accounted.Count} projects are accounted, for {vos} VOs.");
    }
}
