using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

/// <summary><c>/v3/OS-FEDERATION/mappings</c>.</summary>
internal sealed class KeystoneMappings(CloudWorld world, KeystoneJson shapes)
{
    private SandboxFederation Store => world.Federation;

    public KeystoneAnswer? Answer(KeystoneCall call) =>
        (call.Method, call.Path) switch
        {
            ("GET", ["OS-FEDERATION", "mappings"]) => List(call),
            ("GET", ["OS-FEDERATION", "mappings", var id]) => Get(call, id),
            ("PUT", ["OS-FEDERATION", "mappings", var id]) => Create(call, id),
            ("PATCH", ["OS-FEDERATION", "mappings", var id]) => Change(call, id),
            ("DELETE", ["OS-FEDERATION", "mappings", var id]) => Remove(call, id),
            _ => null,
        };

    private KeystoneAnswer List(KeystoneCall call)
    {
        call.NeedReader("list_mappings");
        return shapes.List(call, "mappings", Store.Mappings, shapes.Mapping);
    }

    private KeystoneAnswer Get(KeystoneCall call, string id)
    {
        call.NeedReader("get_mapping");
        return One(200, Find(id));
    }

    private KeystoneAnswer Create(KeystoneCall call, string id)
    {
        call.NeedAdmin("create_mapping");
        var rules = Rules(call);
        if (Store.FindMapping(id) is not null)
        {
            throw KeystoneFault.Conflict("mapping", "Duplicate entry");
        }
        return Put(201, new SandboxMapping(id, rules));
    }

    private KeystoneAnswer Change(KeystoneCall call, string id)
    {
        call.NeedAdmin("update_mapping");
        var rules = Rules(call);
        return Put(200, Find(id) with { Rules = rules });
    }

    private KeystoneAnswer Remove(KeystoneCall call, string id)
    {
        call.NeedAdmin("delete_mapping");
        Store.RemoveMapping(Find(id).Id);
        return KeystoneAnswer.Done;
    }

    private static string Rules(KeystoneCall call)
    {
        var mapping = call.Member("mapping");
        var faults = MappingFaults.Of(mapping);
        // Other keys than the rules, schema_version for one, are not kept.
        return faults.Count > 0
            ? throw new KeystoneFault(400, string.Concat(faults.Select(fault => $"{fault}\n")))
            : mapping.GetProperty("rules").GetRawText();
    }

    private KeystoneAnswer Put(int status, SandboxMapping mapping)
    {
        Store.Put(mapping);
        return One(status, mapping);
    }

    private SandboxMapping Find(string id) => Store.FindMapping(id) ?? throw KeystoneFault.NotFound("mapping", id);

    private KeystoneAnswer One(int status, SandboxMapping mapping) =>
        KeystoneAnswer.One(status, "mapping", json => shapes.Mapping(json, mapping));
}
