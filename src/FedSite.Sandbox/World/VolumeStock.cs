namespace FedSite.Sandbox.World;

internal sealed class VolumeStock(SandboxOptions options, CloudWorld world, ServerGenerator servers)
    : Stock<SandboxVolume>
{
    /// <summary>Names.</summary>
    public static readonly string[] Types = ["__DEFAULT__", "ssd", "multiattach"];

    private const ulong Kind = 0x766F6C;
    private static readonly long[] Sizes = [1, 5, 10, 20, 50, 100, 500, 1000];
    private readonly SeededId _ids = new(Mix.Of(servers.Seed, Kind));

    private protected override SandboxVolume? FindSeeded(string id) =>
        Guid.TryParse(id, out var known)
        && _ids.TryDecode(known, out var project, out var number)
        && project < servers.Projects
        && number < options.VolumesPerProject
            ? Make(project, number)
            : null;

    private protected override IEnumerable<SandboxVolume> Seeded(string projectId, string? lastId)
    {
        if (world.NumberOf(projectId) is not { } project)
        {
            yield break;
        }
        long last = -1;
        if (lastId is not null)
        {
            _ids.TryDecode(Guid.Parse(lastId), out _, out last);
        }
        for (var number = last + 1; number < options.VolumesPerProject; number++)
        {
            yield return Make(project, number);
        }
    }

    /// <summary>The newest is 0.</summary>
    private SandboxVolume Make(int project, long number)
    {
        var hash = Mix.Of(servers.Seed, (ulong)project, Mix.Of((ulong)number, Kind));
        var back = servers.Span * ((number + Mix.Fraction(hash)) / options.VolumesPerProject);
        string[] attached = (number % 4) switch
        {
            0 => [.. Live(project, hash).Take(1)],
            3 => [.. Live(project, hash).Take(2)],
            _ => [],
        };
        return new SandboxVolume
        {
            Id = _ids.Encode(project, number).ToString(),
            ProjectId = servers.ProjectId(project),
            UserId = servers.UserId(project, hash),
            Name = number % 4 == 2 ? null : $"data-{number}",
            SizeGiB = Sizes[hash % (ulong)Sizes.Length],
            Status = attached.Length > 0 ? "in-use" : "available",
            VolumeType = (number % 4) switch
            {
                1 => Types[1],
                3 => Types[2],
                _ => Types[0],
            },
            Servers = attached,
            Created = servers.Now - TimeSpan.FromSeconds((long)back.TotalSeconds + number + 1),
        };
    }

    /// <summary>Servers that something can be attached to, beginning anywhere.</summary>
    private IEnumerable<string> Live(int project, ulong start)
    {
        var count = servers.Count(project);
        for (var step = 0L; step < count; step++)
        {
            var server = servers[project, (long)((start + (ulong)step) % (ulong)count)];
            if (server.Status != "DELETED" && world.FindServer(server.Id) is { HasPort: true })
            {
                yield return server.Id.ToString();
            }
        }
    }
}
