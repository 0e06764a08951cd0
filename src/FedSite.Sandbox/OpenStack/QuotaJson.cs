using System.Text.Json;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Quotas of a project as Nova, Cinder and Neutron write them.</summary>
/// <param name="project">Null: Cinder and Neutron have quotas for any id.</param>
/// <param name="used">What the use is called; null: limits alone.</param>
internal sealed class QuotaJson(SandboxProject? project, string? used)
{
    /// <param name="json">Within an object.</param>
    /// <param name="name">Of the quota.</param>
    /// <param name="limit">For projects without one of their own; -1: unlimited.</param>
    /// <param name="use">How many there are.</param>
    public void Write(Utf8JsonWriter json, string name, long limit, long use = 0)
    {
        limit = project?.Quotas.GetValueOrDefault(name, limit) ?? limit;
        if (used is null)
        {
            json.WriteNumber(name, limit);
            return;
        }
        json.WriteStartObject(name);
        json.WriteNumber("limit", limit);
        json.WriteNumber(used, use);
        json.WriteNumber("reserved", 0);
        json.WriteEndObject();
    }
}
