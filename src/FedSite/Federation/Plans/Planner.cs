using System.Globalization;
using System.Text.Json.Nodes;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.Plans;

/// <summary>Compares the file with the cloud. What comes first is applied first.</summary>
internal sealed partial class Planner(PlanRequest request, CloudView view, string keystone)
{
    private readonly List<Change> _changes = [];
    private readonly List<ManagedObject> _adopted = [];
    private readonly List<string> _notes = [];
    private readonly List<PlanProblem> _problems = [];
    private readonly List<PlanProblem> _findings = [];
    private readonly List<PlanProblem> _refused = [];
    private readonly List<LockOut> _lockOuts = [];
    private readonly List<string> _mappingsLeft = [];
    private readonly HashSet<(string Kind, string Name)> _named = [];
    private readonly IdBook _ids = new();
    private int _untouched;

    public Plan Make()
    {
        _notes.AddRange(Leaving());
        PlanDomain();
        if (request.Scope.HasFederation)
            PlanIdentityProviders();
        PlanGroups();
        PlanProjects();
        PlanRoles();
        PlanUnread();
        if (request.Scope.HasTerms)
        {
            PlanQuotas();
            PlanNetworks();
        }

        if (request.Scope.HasFlavors)
            PlanFlavors();
        if (request.Scope.HasMapping)
        {
            PlanMappings();
            if (request.Scope.HasFederation)
                PlanProtocols();
        }

        var unnamed = PlanUnnamed();
        PlanForgetting();
        return new Plan
        {
            Site = request.SiteName,
            Keystone = keystone,
            Scope = request.Scope,
            Unnamed = unnamed,
            Changes = _changes,
            Untouched = _untouched,
            Adopted = _adopted,
            Notes = _notes,
            Remarks = [.. Leaving()],
            Problems = _problems,
            Findings = _findings,
            Refused = _refused,
            LockOuts = _lockOuts,
            MappingsLeft = _mappingsLeft,
            OtherMappings = [.. OtherMappings()],
            Ids = _ids,
        };
    }

    /// <summary>What could not be read is not planned; why, is told once for a service.</summary>
    private void PlanUnread()
    {
        foreach (var service in view.Unread.GroupBy(entry => entry.Key.Service).OrderBy(service => service.Key))
        {
            var left = service
                .OrderBy(entry => entry.Key.Part, StringComparer.Ordinal)
                .ThenBy(entry => entry.Key.Name, StringComparer.Ordinal)
                .ToList();
            var parts = left.GroupBy(entry => entry.Key.Part)
                .Select(part => $"{part.Key} {string.Join(", ", part.Select(entry => entry.Key.Name))}");
            var failure = left[0].Value;
            Finding(
                $"{failure.Message.TrimEnd('.')}. Not compared, and left as they are: {string.Join("; ", parts)}.",
                (failure.Status == 403 ? FederationPlans.NeedsAdmin(failure).NextStep : failure.NextStep)
                    ?? "Run again later."
            );
            if (failure.Status == 403)
                _refused.Add(_findings[^1]);
        }
    }

    private void Problem(string message, string nextStep) => _problems.Add(new PlanProblem(message, nextStep));

    /// <summary>The file wants what FedSite never makes, or can't compare; all else can be applied.</summary>
    private void Finding(string message, string nextStep) => _findings.Add(new PlanProblem(message, nextStep));

    private void Create(
        string kind,
        string name,
        IReadOnlyList<FieldChange> fields,
        Func<ApplyContext, CancellationToken, Task> work,
        IReadOnlyList<string>? words = null,
        ChangeUnit? unit = null
    )
    {
        _named.Add((kind, name));
        _changes.Add(
            new Change
            {
                Action = ChangeAction.Create,
                Kind = kind,
                Name = name,
                Fields = fields,
                Words = words ?? [],
                Unit = unit,
                Work = work,
            }
        );
    }

    /// <summary>An object that is there; with differences it is changed.</summary>
    private void Keep(
        string kind,
        string name,
        string id,
        List<FieldChange> fields,
        Func<ApplyContext, CancellationToken, Task> work,
        IReadOnlyList<string>? words = null
    )
    {
        _named.Add((kind, name));
        _ids.Set(kind, name, id);
        // Deleted and made anew by hand, it has another id.
        if (request.KnownAs(kind, name)?.Id != id)
            _adopted.Add(new ManagedObject(kind, name, id, Adopted: true));
        if (fields.Count == 0)
        {
            _untouched++;
            return;
        }

        _changes.Add(
            new Change
            {
                Action = ChangeAction.Change,
                Kind = kind,
                Name = name,
                Fields = fields,
                Words = words ?? [],
                Work = work,
            }
        );
    }

    private static void Compare(List<FieldChange> fields, string field, string? old, string? @new)
    {
        if (!string.Equals(old, @new, StringComparison.Ordinal))
            fields.Add(new FieldChange(field, old, @new));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(bool value) => value ? "true" : "false";

    private void PlanDomain()
    {
        var name = request.Federation.Domain;
        var domain = CloudReader.FederatedDomain(request, view);
        foreach (var idp in OwnIdentityProviders().Where(idp => idp.DomainId != domain?.Id))
        {
            var other = view.Domains.FirstOrDefault(d => d.Id == idp.DomainId)?.Name ?? idp.DomainId;
            Problem(
                $"The identity provider {idp.Id} belongs to the domain {other}, not to {name}; Keystone never changes that.",
                $"Write `domain: {other}` under `federation`, or delete the identity provider: then its people come back as new users."
            );
        }

        if (_problems.Count > 0)
            return;
        if (domain is null && !request.Scope.HasFederation)
        {
            Problem($"The domain {name} does not exist yet.", "Run `fedsite apply` without --only and --vo first.");
            return;
        }

        if (domain is null)
        {
            Create(Kinds.Domain, name, [], (context, ct) => MakeDomainAsync(context, name, ct));
            return;
        }

        var fields = new List<FieldChange>();
        if (!string.Equals(domain.Name, name, StringComparison.OrdinalIgnoreCase))
            Compare(fields, "name", domain.Name, name);
        Compare(fields, "enabled", Text(domain.Enabled ?? true), Text(true));
        if (fields.Count > 0 && !request.Scope.HasFederation)
            Problem($"The domain {name} is not as it should be.", "Run `fedsite apply` without --only and --vo first.");
        else
            Keep(Kinds.Domain, name, domain.Id, fields, (context, ct) => ChangeDomainAsync(context, name, domain, ct));
    }

    private IEnumerable<IdentityProvider> OwnIdentityProviders() =>
        view.IdentityProviders.Where(idp => request.Providers.Any(provider => provider.Idp == idp.Id));

    private static async Task MakeDomainAsync(ApplyContext context, string name, CancellationToken ct)
    {
        await context.Identity.CreateDomainAsync(name, "Users and groups of the EGI Federation", ct);
        var domains = await context.Identity.ListDomainsAsync(ct);
        var made =
            domains.FirstOrDefault(domain => string.Equals(domain.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw ApplyContext.WithoutEffect(Kinds.Domain, name, "it is not there");
        context.Remember(Kinds.Domain, name, made.Id);
    }

    private static async Task ChangeDomainAsync(ApplyContext context, string name, Domain old, CancellationToken ct)
    {
        var fields = new JsonObject { ["enabled"] = true };
        if (!string.Equals(old.Name, name, StringComparison.OrdinalIgnoreCase))
            fields["name"] = name;
        await context.Identity.UpdateDomainAsync(old.Id, fields, ct);
        var seen = (await context.Identity.ListDomainsAsync(ct)).FirstOrDefault(domain => domain.Id == old.Id);
        var differs =
            seen is null ? "it is not there"
            : !string.Equals(seen.Name, name, StringComparison.OrdinalIgnoreCase) ? $"it is called {seen.Name}"
            : seen.Enabled == false ? "it is not enabled"
            : null;
        if (differs is not null)
            throw ApplyContext.WithoutEffect(Kinds.Domain, name, differs);
        context.Remember(Kinds.Domain, name, old.Id);
    }

    private void PlanIdentityProviders()
    {
        foreach (var provider in request.Providers)
        {
            var taken = view.IdentityProviders.FirstOrDefault(idp =>
                idp.Id != provider.Idp && idp.RemoteIds.Contains(provider.Issuer, StringComparer.Ordinal)
            );
            if (taken is not null)
            {
                Problem(
                    $"The issuer {provider.Issuer} belongs to the identity provider {taken.Id} already; Keystone takes it once.",
                    $"Write `idp: {taken.Id}` under `federation`, or take the remote id from {taken.Id}."
                );
                continue;
            }

            var fields = new List<FieldChange>();
            var found = view.IdentityProviders.FirstOrDefault(idp => idp.Id == provider.Idp);
            Compare(fields, "remote ids", found is null ? null : string.Join(", ", found.RemoteIds), provider.Issuer);
            Compare(
                fields,
                "authorization ttl, minutes",
                found is null ? null : Text(found.AuthorizationTtl ?? 0),
                Text(request.Federation.AuthorizationTtl)
            );
            Compare(fields, "enabled", found is null ? null : Text(found.Enabled), Text(true));
            if (found is null)
                Create(Kinds.IdentityProvider, provider.Idp, fields, (c, ct) => PutIdpAsync(c, provider, false, ct));
            else
                Keep(
                    Kinds.IdentityProvider,
                    provider.Idp,
                    found.Id,
                    fields,
                    (c, ct) => PutIdpAsync(c, provider, true, ct)
                );
        }
    }

    private async Task PutIdpAsync(ApplyContext context, OpenIdProvider provider, bool exists, CancellationToken ct)
    {
        var domain = context.Ids.Get(Kinds.Domain, request.Federation.Domain);
        var ttl = request.Federation.AuthorizationTtl;
        var fields = new JsonObject
        {
            ["enabled"] = true,
            ["remote_ids"] = new JsonArray(provider.Issuer),
            ["authorization_ttl"] = ttl,
        };
        if (!exists)
            fields["domain_id"] = domain;
        await context.Identity.Federation.PutIdentityProviderAsync(provider.Idp, fields, exists, ct);
        var seen = await context.Identity.Federation.FindIdentityProviderAsync(provider.Idp, ct);
        var differs =
            seen is null ? "it is not there"
            : !seen.RemoteIds.SequenceEqual([provider.Issuer], StringComparer.Ordinal)
                ? $"its remote ids are {string.Join(", ", seen.RemoteIds)}"
            : (seen.AuthorizationTtl ?? 0) != ttl ? $"its authorization_ttl is {seen.AuthorizationTtl}"
            : !seen.Enabled ? "it is not enabled"
            : seen.DomainId != domain ? $"its domain is {seen.DomainId}"
            : null;
        if (differs is not null)
            throw ApplyContext.WithoutEffect(Kinds.IdentityProvider, provider.Idp, differs);
        context.Remember(Kinds.IdentityProvider, provider.Idp, provider.Idp);
    }

    private void PlanProtocols()
    {
        foreach (var provider in request.Providers)
        {
            var name = $"{provider.Idp}/{provider.Protocol}";
            var found = view.Protocols.GetValueOrDefault((provider.Idp, provider.Protocol));
            var fields = new List<FieldChange>();
            Compare(fields, "mapping", found?.MappingId, provider.Mapping);
            if (found is null)
                Create(Kinds.Protocol, name, fields, (c, ct) => PutProtocolAsync(c, provider, false, ct));
            else
                Keep(Kinds.Protocol, name, found.Id, fields, (c, ct) => PutProtocolAsync(c, provider, true, ct));
        }
    }

    private static async Task PutProtocolAsync(
        ApplyContext context,
        OpenIdProvider provider,
        bool exists,
        CancellationToken ct
    )
    {
        var federation = context.Identity.Federation;
        var name = $"{provider.Idp}/{provider.Protocol}";
        await federation.PutProtocolAsync(provider.Idp, provider.Protocol, provider.Mapping, exists, ct);
        var seen = await federation.FindProtocolAsync(provider.Idp, provider.Protocol, ct);
        if (seen?.MappingId != provider.Mapping)
            throw ApplyContext.WithoutEffect(Kinds.Protocol, name, $"its mapping is {seen?.MappingId ?? "none"}");
        context.Remember(Kinds.Protocol, name, provider.Protocol);
    }
}
