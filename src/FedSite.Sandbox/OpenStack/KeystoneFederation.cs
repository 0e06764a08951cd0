using System.Text.Json;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

/// <summary><c>/v3/OS-FEDERATION/identity_providers</c> and their protocols, without the login.</summary>
internal sealed class KeystoneFederation(CloudWorld world, KeystoneJson shapes)
{
    private static readonly Field[] Changeable =
    [
        new("enabled", FieldKind.Boolean),
        new("description", FieldKind.Text, Nullable: true),
        new("authorization_ttl", FieldKind.Count, Nullable: true),
        new("remote_ids", FieldKind.Texts, Nullable: true),
    ];
    private static readonly KeystoneSchema NewProvider = new([
        .. Changeable,
        new Field("domain_id", FieldKind.Text, Nullable: true, MaxLength: 64, Pattern: TextPattern.Id),
    ]);
    private static readonly KeystoneSchema ChangedProvider = new KeystoneSchema(Changeable).ForChange;
    private static readonly KeystoneSchema NewProtocol = new([
        new Field("mapping_id", FieldKind.Text, MaxLength: 64, Pattern: TextPattern.MappingId),
        new Field("remote_id_attribute", FieldKind.Text),
    ])
    {
        Required = ["mapping_id"],
    };

    private SandboxFederation Store => world.Federation;

    public KeystoneAnswer? Answer(KeystoneCall call) =>
        call.Path is ["OS-FEDERATION", "identity_providers", .. var path]
            ? (call.Method, path) switch
            {
                ("GET", []) => List(call),
                ("GET", [var id]) => Get(call, id),
                ("PUT", [var id]) => Create(call, id),
                ("PATCH", [var id]) => Change(call, id),
                ("DELETE", [var id]) => Remove(call, id),
                ("GET", [var idp, "protocols"]) => Protocols(call, idp),
                ("GET", [var idp, "protocols", var id]) => GetProtocol(call, idp, id),
                ("PUT", [var idp, "protocols", var id]) => CreateProtocol(call, idp, id),
                ("PATCH", [var idp, "protocols", var id]) => ChangeProtocol(call, idp, id),
                ("DELETE", [var idp, "protocols", var id]) => RemoveProtocol(call, idp, id),
                _ => null,
            }
            : null;

    private KeystoneAnswer List(KeystoneCall call)
    {
        call.NeedReader("list_identity_providers");
        var id = call.Filter("id");
        var found = Store.IdentityProviders.Where(p => (id is null || p.Id == id) && call.SameEnabled(p.Enabled));
        return shapes.List(call, "identity_providers", found, shapes.IdentityProvider);
    }

    private KeystoneAnswer Get(KeystoneCall call, string id)
    {
        call.NeedReader("get_identity_provider");
        return One(200, Find(id));
    }

    private KeystoneAnswer Create(KeystoneCall call, string id)
    {
        call.NeedAdmin("create_identity_provider");
        var body = call.Member("identity_provider");
        NewProvider.Check(body);
        var domain = KeystoneBody.Text(body, "domain_id", null);
        if (domain is not null && world.FindDomain(domain) is null)
        {
            throw KeystoneFault.NotFound("domain", domain);
        }
        if (Store.FindIdentityProvider(id) is not null)
        {
            throw KeystoneFault.Conflict("identity_provider", $"Duplicate entry: {id}");
        }
        var fresh = new SandboxIdentityProvider
        {
            Id = id,
            DomainId = domain ?? "",
            Enabled = false,
        };
        var provider = Changed(fresh, body);
        Store.Put(provider with { DomainId = domain ?? MakeDomain(id) });
        // The first answer alone has the issuers in the order that they came in.
        return One(201, Find(id));
    }

    private string MakeDomain(string idp)
    {
        var id = world.NewId();
        world.Put(
            new SandboxDomain
            {
                Id = id,
                Name = id,
                Description = $"Auto generated federated domain for Identity Provider: {idp}",
            }
        );
        return id;
    }

    private KeystoneAnswer Change(KeystoneCall call, string id)
    {
        call.NeedAdmin("update_identity_provider");
        var body = call.Member("identity_provider");
        ChangedProvider.Check(body);
        var provider = Changed(Find(id), body);
        Store.Put(provider with { RemoteIds = [.. provider.RemoteIds.Order(StringComparer.Ordinal)] });
        return One(200, Find(id));
    }

    private KeystoneAnswer Remove(KeystoneCall call, string id)
    {
        call.NeedAdmin("delete_identity_provider");
        Store.RemoveIdentityProvider(Find(id).Id);
        return KeystoneAnswer.Done;
    }

    private SandboxIdentityProvider Changed(SandboxIdentityProvider provider, JsonElement body)
    {
        var issuers = KeystoneBody.Texts(body, "remote_ids", provider.RemoteIds);
        var others = Store.IdentityProviders.Where(p => p.Id != provider.Id).SelectMany(p => p.RemoteIds);
        if (issuers.Intersect(others).FirstOrDefault() is { } taken)
        {
            throw KeystoneFault.Conflict("identity_provider", $"Duplicate remote ID: {taken}");
        }
        return provider with
        {
            Enabled = KeystoneBody.Flag(body, "enabled", provider.Enabled),
            Description = KeystoneBody.Text(body, "description", provider.Description),
            AuthorizationTtl = KeystoneBody.Count(body, "authorization_ttl", provider.AuthorizationTtl),
            RemoteIds = issuers,
        };
    }

    private KeystoneAnswer Protocols(KeystoneCall call, string idp)
    {
        call.NeedReader("list_protocols");
        // An unknown identity provider has none.
        var found = Store.Protocols.Where(p => p.IdpId == idp);
        return shapes.List(call, "protocols", found, shapes.ListedProtocol);
    }

    private KeystoneAnswer GetProtocol(KeystoneCall call, string idp, string id)
    {
        call.NeedReader("get_protocol");
        return One(200, FindProtocol(idp, id));
    }

    private KeystoneAnswer CreateProtocol(KeystoneCall call, string idp, string id)
    {
        call.NeedAdmin("create_protocol");
        var body = call.Member("protocol");
        NewProtocol.Check(body);
        RequireMapping(body);
        Find(idp);
        if (Store.FindProtocol(idp, id) is not null)
        {
            throw KeystoneFault.Conflict("federation_protocol", $"Duplicate entry found with ID {id}");
        }
        var fresh = new SandboxProtocol
        {
            IdpId = idp,
            Id = id,
            MappingId = "",
        };
        return Put(201, fresh, body);
    }

    private KeystoneAnswer ChangeProtocol(KeystoneCall call, string idp, string id)
    {
        call.NeedAdmin("update_protocol");
        var body = call.Member("protocol");
        // Without a mapping's id, Zed's Keystone breaks down instead of an answer.
        NewProtocol.Check(body);
        RequireMapping(body);
        return Put(200, FindProtocol(idp, id), body);
    }

    private KeystoneAnswer Put(int status, SandboxProtocol protocol, JsonElement body)
    {
        protocol = protocol with
        {
            MappingId = KeystoneBody.Text(body, "mapping_id", protocol.MappingId)!,
            RemoteIdAttribute = KeystoneBody.Text(body, "remote_id_attribute", protocol.RemoteIdAttribute),
        };
        Store.Put(protocol);
        return One(status, protocol);
    }

    private KeystoneAnswer RemoveProtocol(KeystoneCall call, string idp, string id)
    {
        call.NeedAdmin("delete_protocol");
        FindProtocol(idp, id);
        Store.RemoveProtocol(idp, id);
        return KeystoneAnswer.Done;
    }

    private void RequireMapping(JsonElement body)
    {
        var mapping = body.GetProperty("mapping_id").GetString()!;
        if (Store.FindMapping(mapping) is null)
        {
            throw new KeystoneFault(400, $"Invalid mapping id: {mapping}");
        }
    }

    private SandboxIdentityProvider Find(string id) =>
        Store.FindIdentityProvider(id) ?? throw KeystoneFault.NotFound("Identity Provider", id);

    private SandboxProtocol FindProtocol(string idp, string id) =>
        Store.FindProtocol(idp, id)
        ?? throw new KeystoneFault(404, $"Could not find federated protocol {id} for Identity Provider: {idp}.");

    private KeystoneAnswer One(int status, SandboxIdentityProvider provider) =>
        KeystoneAnswer.One(status, "identity_provider", json => shapes.IdentityProvider(json, provider));

    private KeystoneAnswer One(int status, SandboxProtocol protocol) =>
        KeystoneAnswer.One(status, "protocol", json => shapes.Protocol(json, protocol));
}
