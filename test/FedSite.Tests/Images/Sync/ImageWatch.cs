using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Images.Sync;

/// <summary>
/// Looks at Glance before each request that it gets, so at each state that it is ever in: whoever sees an image of a slot
/// must see one all the time, and only what is complete and compared may be seen.
/// </summary>
internal sealed class ImageWatch(SyncSite site)
{
    private readonly List<string> _faults = [];
    private List<(string Slot, string Project)> _owed = [];

    /// <summary>What was wrong, and before which request.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Requests that changed something in Glance, or tried to.</summary>
    public int Writes { get; private set; }

    /// <summary>From now on; what can be seen now must stay so.</summary>
    /// <param name="going">A slot that is to be taken away.</param>
    public void Begin(string? going = null)
    {
        Writes = 0;
        _faults.Clear();
        _owed =
        [
            .. site
                .Images.Select(image => image.Properties["fedsite_slot"])
                .Distinct()
                .Where(slot => slot != going)
                .SelectMany(_ => site.Vos, (slot, vo) => (slot, vo.Id))
                .Where(owed => IsSeen(owed.slot, owed.Id)),
        ];
        site.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Glance,
                Times = int.MaxValue,
                When = request =>
                {
                    Writes += request.Method is "GET" ? 0 : 1;
                    Look($"{request.Method} {request.Path}");
                    return false;
                },
            }
        );
    }

    public void Look(string when)
    {
        foreach (var (slot, project) in _owed.Where(owed => !IsSeen(owed.Slot, owed.Project)))
            _faults.Add($"before {when}: {slot} is not to be seen in {project}");
        foreach (var image in site.Images.Where(image => !image.Hidden && !site.IsComplete(image)))
        {
            if (site.Vos.Any(vo => Sees(image, vo.Id)))
                _faults.Add($"before {when}: {image.Id} can be seen, but is {image.Status} or was not compared");
        }
    }

    public void AssertNothingLost() => Assert.Empty(_faults);

    /// <summary>The project has it in its lists.</summary>
    public static bool Sees(SandboxImage image, string project) =>
        image is { Hidden: false, Status: "active" }
        && (
            image.Visibility is "public" or "community"
            || (image.Visibility == "shared" && image.Members.GetValueOrDefault(project) == "accepted")
        );

    private bool IsSeen(string slot, string project) =>
        site.ImagesOf(slot).Any(image => site.IsComplete(image) && Sees(image, project));
}
