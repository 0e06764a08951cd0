using FedSite.OpenStack;
using FedSite.OpenStack.Image;

namespace FedSite.Information;

/// <summary>A project, and the account that reads it.</summary>
/// <param name="account">Its connection.</param>
/// <param name="cloud">What the project shares with others.</param>
/// <param name="scope">For the project's token.</param>
internal sealed class ProjectSource(OpenStackCloud account, CloudReading cloud, TokenScope scope)
{
    public OpenStackCloud Account => account;
    public CloudReading Cloud => cloud;
    public TokenScope Scope => scope;
    public ProjectFacts Facts { get; } = new(cloud.Facts) { Id = scope.ProjectId };
}

/// <summary>Reads one project. Each part may fail alone; what fails is noted and costs the others nothing.</summary>
/// <param name="source">What to read.</param>
/// <param name="partLimit">Longest time for one part.</param>
/// <param name="time">For the limit.</param>
/// <param name="tell">Told of each part that failed, and why, with all that may help.</param>
/// <param name="deadline">End of the run: what has not come by then has failed.</param>
internal sealed class ProjectReading(
    ProjectSource source,
    TimeSpan partLimit,
    TimeProvider time,
    Action<string, string> tell,
    CancellationToken deadline
)
{
    private readonly OpenStackCloud _account = source.Account;
    private readonly ProjectFacts _facts = source.Facts;
    private readonly CloudReading _cloud = source.Cloud;
    private readonly List<PartFailure> _siteFailures = [];
    private bool _isAdmin;

    /// <summary>Failures of what this project would have read for all.</summary>
    public IReadOnlyList<PartFailure> SiteFailures => _siteFailures;

    /// <param name="ct">The user's wish to stop; nothing else ends it early.</param>
    public async Task ReadAsync(CancellationToken ct)
    {
        if (!await PartAsync(Parts.Token, ServiceNames.Identity, OpenAsync, _facts.Fail, ct))
            return;
        var id = _facts.Id!;
        List<Task> parts =
        [
            PartAsync(Parts.Images, ServiceNames.Image, ReadImagesAsync, _facts.Fail, ct),
            PartAsync(
                Parts.Flavors,
                ServiceNames.Compute,
                async limit => _facts.Flavors = await _cloud.Flavors.ReadAsync(_account, id, limit),
                _facts.Fail,
                ct
            ),
            PartAsync(
                Parts.Servers,
                ServiceNames.Compute,
                async limit => _facts.ServerStates = await _account.Compute.CountServersAsync(id, limit),
                _facts.Fail,
                ct
            ),
            PartAsync(
                Parts.ComputeQuota,
                ServiceNames.Compute,
                async limit => _facts.ComputeQuota = await _account.Compute.GetQuotaAsync(id, limit),
                _facts.Fail,
                ct
            ),
            PartAsync(
                Parts.VolumeQuota,
                ServiceNames.BlockStorage,
                async limit => _facts.VolumeQuota = await _account.BlockStorage.GetQuotaAsync(id, limit),
                _facts.Fail,
                ct
            ),
            PartAsync(
                Parts.NetworkQuota,
                ServiceNames.Network,
                async limit => _facts.NetworkQuota = await _account.Network.GetQuotaAsync(id, limit),
                _facts.Fail,
                ct
            ),
        ];
        parts.AddRange(
            _cloud.SiteParts.Select(part =>
                PartAsync(
                    part.Name,
                    part.Service,
                    limit => part.ReadAsync(_cloud.Facts, _account, id, limit),
                    failure =>
                    {
                        lock (_siteFailures)
                        {
                            _siteFailures.Add(failure);
                        }
                    },
                    ct
                )
            )
        );
        await Task.WhenAll(parts);
    }

    private async Task OpenAsync(CancellationToken ct)
    {
        var token = await _account.Identity.GetTokenInfoAsync(source.Scope, ct);
        _facts.Id = token.ProjectId ?? throw new FedSiteException("The account's credentials name no project.");
        _facts.Name = token.ProjectName;
        _facts.Domain = token.ProjectDomainName;
        _isAdmin = token.Roles.Contains("admin", StringComparer.OrdinalIgnoreCase);
        var catalog = await _account.GetCatalogAsync(source.Scope, ct);
        _cloud.Facts.Region ??= _account.Credentials.RegionName ?? (catalog.Regions is [var only] ? only : null);
        _cloud.Facts.ImageUrl ??= ImageUrl(catalog);
        _facts.IsOpen = true;
    }

    /// <summary>
    /// Users cannot reach another one than the public one, whatever the account itself goes by. Null: the catalog has
    /// none, which the part itself will say.
    /// </summary>
    private static string? ImageUrl(Catalog catalog)
    {
        try
        {
            var url = catalog.Endpoint(ServiceNames.Image, "public").AbsoluteUri.TrimEnd('/');
            return url.EndsWith("/v2", StringComparison.Ordinal) ? url[..^3] : url;
        }
        catch (OpenStackException)
        {
            return null;
        }
    }

    private async Task ReadImagesAsync(CancellationToken ct)
    {
        var id = _facts.Id!;
        var known = _cloud.PublicImages.GetAsync(_account, id, ct);
        var own = ListAsync(new ImageQuery { Owner = id, Status = "active" });
        var shared = ListSharedAsync();
        try
        {
            await Task.WhenAll(known, own, shared);
        }
        finally
        {
            // Public ones are there for each project: they stay when the project's own can't be read.
            if (known.IsCompletedSuccessfully)
                _facts.Images = await known;
        }

        _facts.Images = [.. (await known).Concat(await own).Concat(await shared).DistinctBy(image => image.Id)];

        async Task<List<CloudImage>> ListSharedAsync()
        {
            if (!_isAdmin)
            {
                return await ListAsync(
                    new ImageQuery
                    {
                        Visibility = "shared",
                        Status = "active",
                        MemberStatus = "accepted",
                    }
                );
            }

            // Others' images must not be published, and to ask for the members of each may take thousands of requests.
            tell("shared images", "Glance shows an administrator those of all projects; use an account that is none");
            return [];
        }

        async Task<List<CloudImage>> ListAsync(ImageQuery query) =>
            await _account.Image.ListImagesAsync(id, query, ct).ToListAsync(ct);
    }

    /// <returns>False: it failed, and that is noted.</returns>
    private async Task<bool> PartAsync(
        string part,
        string service,
        Func<CancellationToken, Task> read,
        Action<PartFailure> fail,
        CancellationToken ct
    )
    {
        if (_cloud.Watch.IsSilent(service) || _cloud.Watch.IsSilent(part))
        {
            Fail(FailureWords.Silent(service), "others did not get an answer either");
            return false;
        }

        using var limit = new CancellationTokenSource(partLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline, limit.Token);
        try
        {
            await read(either.Token);
            _cloud.Watch.Answered(service);
            _cloud.Watch.Answered(part);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            _cloud.Watch.WasSilent(service);
            _cloud.Watch.WasSilent(part);
            Fail(FailureWords.Silent(service), "no answer in time");
        }
        catch (FedSiteException e)
        {
            Fail(FailureWords.Of(e), e.Message);
        }

        return false;

        void Fail(string info, string details)
        {
            fail(new PartFailure(part, info));
            tell(part, details);
        }
    }
}
