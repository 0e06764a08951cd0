using FedSite.Configuration;
using FedSite.Federation.Retirement;
using FedSite.Images.Catalogue;
using FedSite.Images.Inspection;
using FedSite.Images.Plans;
using FedSite.Images.Sources;
using FedSite.Images.Sync;
using FedSite.Images.Transfers;
using FedSite.Information;
using FedSite.OpenStack;
using FedSite.State;
using Microsoft.Extensions.Logging;

namespace FedSite.Images;

/// <summary>Which part of the images a run looks at.</summary>
public sealed record ImageScope
{
    /// <summary>Name of a source; null: all.</summary>
    public string? Source { get; init; }

    /// <summary>Name of a VO; null: all.</summary>
    public string? Vo { get; init; }

    /// <summary>A source that lost more than <c>images.max_loss</c> is believed.</summary>
    public bool Force { get; init; }
}

/// <summary>The communities' images of one site: what is to be done, and doing it.</summary>
public sealed class SiteImages : IDisposable
{
    private readonly SiteConfig _config;
    private readonly HostEnvironment _environment;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private readonly InformationAccounts _accounts;
    private readonly ImageStore _store;
    private readonly SiteVosReading _vos;
    private readonly Dictionary<string, IImageSource> _sources = new(StringComparer.Ordinal);
    private ImageOwner? _owner;
    private SiteVos? _known;
    private IReadOnlyList<SiteImage> _images = [];

    /// <summary>Touches neither network nor files.</summary>
    /// <param name="config">The site.</param>
    /// <param name="account">Whose project has the images.</param>
    /// <param name="environment">Where other accounts may come from.</param>
    /// <param name="state">What earlier runs learned.</param>
    /// <param name="time">For times and limits.</param>
    /// <param name="loggers">What people should know of a run.</param>
    /// <exception cref="FedSiteException">The configuration can't be used.</exception>
    public SiteImages(
        SiteConfig config,
        CloudCredentials account,
        HostEnvironment environment,
        StateDatabase state,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        _config = config;
        _environment = environment;
        _time = time;
        _loggers = loggers;
        _log = loggers.CreateLogger("FedSite.Images");
        _accounts = new InformationAccounts(
            account,
            section => CloudCredentialsSource.Overlay(account, section, environment),
            time,
            loggers
        );
        _vos = new SiteVosReading(config, _accounts, _log)
        {
            Withdrawn = RetirementStore.Withdrawn(config, state, time),
        };
        var terms = new InspectionTerms { MaxVirtualSize = config.Images.Limits.Virtual.Bytes };
        _store = new ImageStore(state, config.Site.Name, terms, time);
        foreach (var source in config.Images.Sources)
            _sources.Add(ImagesRules.NameOf(source), new RegistrySource(source, _store, time, loggers));
    }

    /// <summary>HTTP requests sent so far to the cloud and to sources, repeated ones included.</summary>
    public long Requests => _accounts.Requests + _sources.Values.Sum(source => source.Requests);

    /// <summary>Looks at sources, VOs and Glance, and decides; changes nothing but what is remembered.</summary>
    /// <exception cref="FedSiteException">Glance or Keystone did not answer, or the scope names nothing of the site.</exception>
    public async Task<ImagePlan> PlanAsync(ImageScope scope, CancellationToken ct)
    {
        if (_config.Images.Sources.Count == 0)
        {
            throw new ConfigurationException(
                "The site has no source of images.",
                "Name one under `images.sources` of site.yaml, for instance `- {registry: https://registry.egi.eu, project: egi_vm_images}`."
            );
        }

        var sources = Selected(scope.Source);
        var listings = ListAsync(sources, ct);
        _owner = await OwnerAsync(ct);
        var catalogue = new CatalogueReading(_accounts.Shared.Image, _owner, _store);
        var images = catalogue.ListAsync(ct);
        _known = await _vos.ReadAsync(ct);
        CheckVo(scope.Vo, _known);
        _images = await images;
        var members = await catalogue.MembersAsync(_images, CatalogueReading.HashOf(_known, _config.Images), ct);
        var plan = ImagePlanner.Plan(
            new PlanInput
            {
                Config = _config.Images,
                Sources = await listings,
                Images = _images,
                Members = members,
                Vos = _known,
                Memory = _store,
                Now = _time.GetUtcNow(),
                OnlyVo = scope.Vo,
                OnlySources = scope.Source is null
                    ? null
                    : sources.Select(ImagesRules.NameOf).ToHashSet(StringComparer.Ordinal),
                Force = scope.Force,
            }
        );
        _store.KeepPlan(plan, isWhole: scope is { Source: null, Vo: null });
        return plan;
    }

    /// <summary>Does what the last plan says.</summary>
    /// <exception cref="FedSiteException">Nothing can be done at all, for instance because the cache can't be used.</exception>
    public async Task<SyncReport> SyncAsync(ImagePlan plan, IProgress<SyncProgress> progress, CancellationToken ct)
    {
        var images = _config.Images;
        var bandwidth = Bandwidth();
        var tools = new SyncTools
        {
            Config = images,
            Owner = _owner!,
            Cloud = _accounts.Shared,
            Vos = _vos,
            Sources = _sources,
            Store = _store,
            Transfer = new ImageTransfer(_time, bandwidth, _log),
            Cache = new ImageCache(images.Cache!, images.Limits.Cache.Bytes, bandwidth, _time, _log),
            Converter = new ImageConverter(_environment, _time),
            Time = _time,
            Log = _log,
        };
        var report = await new ImageSync(tools).RunAsync(plan, progress, ct);
        // The limit may be a new one, and nothing that needs room may come for long.
        if (Directory.Exists(images.Cache))
            await tools.Cache.EvictAsync(ct);
        // What failed, or was not compared, is looked at again by the next run; others not before the VOs change.
        var failed = report.Failed.Select(outcome => outcome.ImageId).ToHashSet();
        var compared = plan.Slots.Where(slot => slot.HasComparedHidden).Select(slot => slot.Slot).ToHashSet();
        var seen = _images
            .Where(image => image.IsHidden && compared.Contains(image.Slot) && !failed.Contains(image.Id))
            .ToLookup(image => image.Image.Visibility == ImagesConfig.Shared, image => image.Id);
        _store.KeepProjects([.. seen[true]], CatalogueReading.HashOf(_known!, images));
        // Members of one that was open could not be read.
        _store.KeepProjects([.. seen[false]], "");
        return report;
    }

    /// <summary>What the last run made of the sources.</summary>
    public IReadOnlyList<SourceState> ReadSources() =>
        [.. _store.ReadSources().Where(source => _sources.ContainsKey(source.Name))];

    /// <summary>What Glance has, and what was decided about it.</summary>
    /// <exception cref="FedSiteException">Glance or Keystone did not answer.</exception>
    public async Task<IReadOnlyList<ListedSlot>> ListAsync(CancellationToken ct)
    {
        _owner = await OwnerAsync(ct);
        var images = await new CatalogueReading(_accounts.Shared.Image, _owner, _store).ListAsync(ct);
        var decisions = _store.ReadDecisions().ToDictionary(decision => decision.Slot, StringComparer.Ordinal);
        var bySlot = images.ToLookup(image => image.Slot, StringComparer.Ordinal);
        return
        [
            .. decisions
                .Keys.Concat(bySlot.Select(slot => slot.Key))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Select(slot => new ListedSlot(
                    slot,
                    decisions.GetValueOrDefault(slot),
                    [
                        .. bySlot[slot]
                            .OrderBy(image => image.IsHidden)
                            .ThenByDescending(image => image.HiddenAt)
                            .ThenByDescending(image => image.Image.Created),
                    ]
                ))
                // Nothing to tell of what is neither there nor offered.
                .Where(slot => slot.Images.Count > 0 || slot.Decision?.Decision != Decisions.Withdrawn),
        ];
    }

    /// <param name="name">A slot, an image's id or its name.</param>
    /// <returns>Null: there is none.</returns>
    /// <exception cref="FedSiteException">Glance or Keystone did not answer.</exception>
    public async Task<ShownSlot?> FindAsync(string name, CancellationToken ct)
    {
        var slots = await ListAsync(ct);
        var found = slots.FirstOrDefault(slot =>
            slot.Slot == name || slot.Images.Any(image => image.Id == name || image.Image.Name == name)
        );
        if (found is null || _owner is null)
            return null;
        var vos = await _vos.ReadAsync(ct);
        var members = new Dictionary<string, IReadOnlyList<ShownMember>>(StringComparer.Ordinal);
        foreach (var image in found.Images.Where(image => image.Image.Visibility == ImagesConfig.Shared))
        {
            var listed = await _accounts.Shared.Image.ListMembersAsync(_owner.Scope, image.Id, ct);
            members[image.Id] =
            [
                Shown(_owner.ProjectId, ShownMember.Owner),
                .. listed.Select(member => Shown(member.ProjectId, member.Status)),
            ];
        }

        ShownMember Shown(string projectId, string status) =>
            new(
                projectId,
                [.. vos.Projects.Where(project => project.ProjectId == projectId).Select(project => project.Vo)],
                status
            );

        var content = found.Decision?.Content ?? (found.Images is [var newest, ..] ? newest.Content : null);
        return new ShownSlot(found, content is null ? null : _store.FindInspection(content), members);
    }

    public void Dispose()
    {
        foreach (var source in _sources.Values)
            source.Dispose();
        _accounts.Dispose();
    }

    private Bandwidth? Bandwidth() =>
        _config.Images.Limits.Bandwidth is { } limit ? new Bandwidth(limit.Bytes, _time) : null;

    private List<ImageSourceConfig> Selected(string? name)
    {
        var sources = _config
            .Images.Sources.Where(source => name is null || ImagesRules.NameOf(source) == name)
            .ToList();
        return sources.Count > 0
            ? sources
            : throw new FedSiteException(
                $"There is no source `{name}`; there are {string.Join(", ", _sources.Keys.Order(StringComparer.Ordinal))}.",
                "Name one of them with --source.",
                ExitCode.Usage
            );
    }

    private static void CheckVo(string? name, SiteVos vos)
    {
        if (name is not null && !vos.Names.Contains(name))
        {
            throw new FedSiteException(
                $"`{name}` is no VO of the site; there are {string.Join(", ", vos.Names)}.",
                "Name one of them with --vo.",
                ExitCode.Usage
            );
        }
    }

    private async Task<IReadOnlyList<ReadSource>> ListAsync(List<ImageSourceConfig> sources, CancellationToken ct)
    {
        var listings = await Task.WhenAll(sources.Select(source => _sources[ImagesRules.NameOf(source)].ListAsync(ct)));
        return
        [
            .. sources
                .Zip(listings)
                .Select(pair => new ReadSource(pair.First, ImagesRules.NameOf(pair.First), pair.Second)),
        ];
    }

    private async Task<ImageOwner> OwnerAsync(CancellationToken ct)
    {
        var token = await _accounts.Shared.Identity.GetTokenInfoAsync(TokenScope.Configured, ct);
        return token.ProjectId is { } project
            ? new ImageOwner(TokenScope.Configured, project, _config.Site.Name, token.Roles.Contains("admin"))
            : throw new ConfigurationException(
                $"The account of {_accounts.Site!.Origin} is not scoped to a project, so nobody would own the images.",
                "Give it one: `images.openstack` with project_name and project_domain_name, for instance of the VO ops."
            );
    }
}
