using System.CommandLine;
using FedSite.Images;
using FedSite.Images.Plans;
using FedSite.State;

namespace FedSite.App.Commands;

/// <summary>What <c>fedsite images</c> works with.</summary>
internal sealed class ImagesSession : IDisposable
{
    private readonly CommandContext _context;
    private readonly RunLock? _alone;

    private ImagesSession(CommandContext context, StateDatabase state, RunLock? alone)
    {
        _context = context;
        _alone = alone;
        Images = new SiteImages(
            context.Site,
            context.FindCloud(context.Site.Images.OpenStack ?? context.Site.OpenStack),
            context.Host,
            state,
            context.Time,
            context.Loggers
        );
    }

    public SiteImages Images { get; }

    public static ImagesSession ForReading(CommandContext context) => new(context, context.OpenState(), alone: null);

    /// <summary>Alone among all runs on this state folder.</summary>
    public static ImagesSession ForChanging(CommandContext context)
    {
        var state = context.OpenState();
        var alone = RunLock.Acquire(state.Folder, "images", context.Time);
        try
        {
            return new ImagesSession(context, state, alone);
        }
        catch
        {
            alone.Dispose();
            throw;
        }
    }

    public async Task<ImagePlan> PlanAsync(ImageScope scope, CancellationToken cancellationToken)
    {
        ImagePlan plan;
        using (_context.Progress("Reading sources and Glance"))
            plan = await Images.PlanAsync(scope, cancellationToken);
        foreach (var source in plan.Sources.Where(source => source.Problem is not null))
            _context.Console.Error($"Source {source.Name}: {source.Problem}", source.NextStep);
        foreach (var problem in plan.VoProblems)
            _context.Console.Error(
                problem,
                "Correct `vos` of the source, or look what accounts and projects lack: `fedsite check --only images`."
            );
        return plan;
    }

    public void Dispose()
    {
        Images.Dispose();
        _alone?.Dispose();
    }
}

/// <summary>Options that choose a part of the images.</summary>
internal sealed class ImageScopeOptions
{
    public Option<string?> Source { get; } =
        new("--source") { Description = "Only images of this source", HelpName = "SOURCE" };

    public Option<string?> Vo { get; } =
        new("--vo") { Description = "Only images for this VO, and its sharing", HelpName = "VO" };

    public Option<bool> Force { get; } =
        new("--force") { Description = "Believe losses above images.max_loss, and that a source was meant to go" };

    public ImageScope Of(ParseResult arguments) =>
        new()
        {
            Source = arguments.GetValue(Source),
            Vo = arguments.GetValue(Vo),
            Force = arguments.GetValue(Force),
        };
}
