using System.Text.Json;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

/// <summary><c>/v3/domains</c>, without the roles there.</summary>
internal sealed class KeystoneDomains(CloudWorld world, KeystoneJson shapes)
{
    private static readonly KeystoneSchema Schema = new([
        new Field("name", FieldKind.Text, MaxLength: 64, Pattern: TextPattern.Name),
        new Field("description", FieldKind.Text, Nullable: true),
        new Field("enabled", FieldKind.Boolean),
    ])
    {
        Open = true,
        Required = ["name"],
    };

    public KeystoneAnswer? Answer(KeystoneCall call) =>
        (call.Method, call.Path) switch
        {
            ("GET", ["domains"]) => List(call),
            ("POST", ["domains"]) => Create(call),
            ("GET", ["domains", var id]) => Get(call, id),
            ("PATCH", ["domains", var id]) => Change(call, id),
            ("DELETE", ["domains", var id]) => Remove(call, id),
            _ => null,
        };

    private KeystoneAnswer List(KeystoneCall call)
    {
        call.NeedReader("list_domains");
        var found = world.Domains.Where(d => call.SameName(d.Name) && call.SameEnabled(d.Enabled));
        return shapes.List(call, "domains", found, shapes.Domain);
    }

    private KeystoneAnswer Get(KeystoneCall call, string id)
    {
        var own = call.Caller.Project?.DomainId == id || call.Caller.Domain?.Id == id;
        KeystoneCall.Need((own && world.FindDomain(id) is not null) || call.Caller.ReadsSystem, "get_domain");
        return One(200, Find(id));
    }

    private KeystoneAnswer Create(KeystoneCall call)
    {
        call.NeedAdmin("create_domain");
        var body = call.Member("domain");
        Schema.Check(body);
        var name = body.GetProperty("name").GetString()!;
        RequireFree(name, except: null);
        var domain = Changed(new SandboxDomain { Id = world.NewId(), Name = name }, body);
        world.Put(domain);
        return One(201, domain);
    }

    private KeystoneAnswer Change(KeystoneCall call, string id)
    {
        // Keystone looks for the domain before it looks at rights.
        var domain = Find(id);
        call.NeedAdmin("update_domain");
        var body = call.Member("domain");
        Schema.ForChange.Check(body);
        domain = Changed(domain, body);
        RequireFree(domain.Name, except: id);
        world.Put(domain);
        return One(200, domain);
    }

    private KeystoneAnswer Remove(KeystoneCall call, string id)
    {
        var domain = Find(id);
        call.NeedAdmin("delete_domain");
        if (domain.Enabled)
        {
            throw new KeystoneFault(403, "Cannot delete a domain that is enabled, please disable it first.");
        }
        world.RemoveDomain(id);
        return KeystoneAnswer.Done;
    }

    private static SandboxDomain Changed(SandboxDomain domain, JsonElement body) =>
        domain with
        {
            Name = KeystoneBody.Text(body, "name", domain.Name)!,
            Description = KeystoneBody.Text(body, "description", domain.Description),
            Enabled = KeystoneBody.Flag(body, "enabled", domain.Enabled),
        };

    private void RequireFree(string name, string? except)
    {
        if (world.Domains.Any(d => d.Id != except && CloudWorld.SameName(d.Name, name)))
        {
            throw KeystoneFault.Conflict(
                "project",
                $"it is not permitted to have two projects acting as domains with the same name: {name}"
            );
        }
    }

    private SandboxDomain Find(string id) => world.FindDomain(id) ?? throw KeystoneFault.NotFound("domain", id);

    private KeystoneAnswer One(int status, SandboxDomain domain) =>
        KeystoneAnswer.One(status, "domain", json => shapes.Domain(json, domain));
}
