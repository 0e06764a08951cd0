using System.Collections.Concurrent;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;
using Microsoft.Extensions.Logging;

namespace FedSite.Accounting;

/// <summary>Names of users, each asked for once a run.</summary>
internal sealed partial class UserDirectory
{
    /// <summary>Users of one project that are asked for at a time.</summary>
    private const int Parallelism = 8;

    private readonly IdentityApi _identity;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, Task<Answer>> _names = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _closedProjects = new(StringComparer.Ordinal);
    private volatile bool _closed;

    /// <param name="identity">Keystone.</param>
    /// <param name="scoped">False when the account has no scope of its own and only its rights in projects count.</param>
    /// <param name="log">Takes a warning when names can't be read.</param>
    public UserDirectory(IdentityApi identity, bool scoped, ILogger log)
    {
        _identity = identity;
        _closed = !scoped;
        _log = log;
    }

    /// <summary>Asks for many users at a time, so that <see cref="NameAsync"/> need not wait for each of them.</summary>
    public async Task LearnAsync(IEnumerable<string?> users, string project, CancellationToken cancel)
    {
        var unknown = users.Where(u => !string.IsNullOrEmpty(u) && !_names.ContainsKey(u)).Distinct().ToList();
        if (unknown.Count == 0)
        {
            return;
        }

        // The first one alone: it tells whether the others may be asked for.
        await NameAsync(unknown[0], project, cancel);
        await Parallel.ForEachAsync(
            unknown.Skip(1),
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancel },
            async (user, stop) => await NameAsync(user, project, stop)
        );
    }

    /// <summary>The user's name; null when the user is gone or may not be read.</summary>
    public async ValueTask<string?> NameAsync(string? user, string project, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(user))
        {
            return null;
        }

        var mine = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        while (_names.GetOrAdd(user, mine.Task) is var asked && asked != mine.Task)
        {
            // Without an answer somebody else has asked in vain: with another project's role, or a connection that
            // broke. That says nothing about this project.
            if (await asked.WaitAsync(cancel) is { Known: true } answer)
            {
                return answer.Name;
            }
        }

        var mineIs = default(Answer);
        try
        {
            var (name, forbidden) = await AskAsync(user, project, cancel);
            mineIs = new Answer(name, !forbidden);
            return name;
        }
        finally
        {
            if (!mineIs.Known)
            {
                _names.TryRemove(user, out _);
            }

            mine.SetResult(mineIs);
        }
    }

    /// <summary>A right to read users comes from the account's own scope, or from its role in the project at hand.</summary>
    private async Task<(string? Name, bool Forbidden)> AskAsync(string user, string project, CancellationToken cancel)
    {
        if (!_closed)
        {
            try
            {
                return ((await _identity.GetUserAsync(user, TokenScope.Configured, cancel))?.Name, false);
            }
            catch (OpenStackException e) when (e.Status is 403)
            {
                _closed = true;
            }
        }

        if (_closedProjects.ContainsKey(project))
        {
            return (null, true);
        }

        try
        {
            return ((await _identity.GetUserAsync(user, TokenScope.Project(project), cancel))?.Name, false);
        }
        catch (OpenStackException e) when (e.Status is 403)
        {
            if (_closedProjects.TryAdd(project, true))
            {
                Log.UsersUnreadable(_log, project);
            }

            return (null, true);
        }
    }

    /// <summary>What was found out about a user; not known: the question was refused or failed.</summary>
    private readonly record struct Answer(string? Name, bool Known);

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "The account may not read users (identity:get_user), so records of project {Project} have no GlobalUserName"
        )]
        public static partial void UsersUnreadable(ILogger log, string project);
    }
}
