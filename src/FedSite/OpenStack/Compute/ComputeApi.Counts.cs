using System.Text.Json;

namespace FedSite.OpenStack.Compute;

public sealed partial class ComputeApi
{
    /// <summary>
    /// How many servers of a project there are in each state, for instance <c>ACTIVE</c>; those of a cell that is down
    /// as <c>UNKNOWN</c>. https://docs.openstack.org/api-ref/compute/#list-servers-detailed
    /// </summary>
    public async Task<IReadOnlyDictionary<string, long>> CountServersAsync(string projectId, CancellationToken ct)
    {
        var scope = TokenScope.Project(projectId);
        var version = await NegotiateVersionAsync(scope, ct);
        var url = new Uri($"{await BaseAsync(scope, ct)}/servers/detail?limit={PageSize}");
        var list = new PagedList(ServiceNames.Compute, scope, url, "servers") { Headers = version.Headers };
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var listed in _session.ListAsync<string>(list, ReadStatus, ct))
        {
            var status = listed.Item ?? "UNKNOWN";
            counts[status] = counts.GetValueOrDefault(status) + 1;
        }
        return counts;
    }

    private static string? ReadStatus(ref Utf8JsonReader reader)
    {
        string? status = null;
        var depth = reader.CurrentDepth;
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            throw new JsonException("it is no object");
        }
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType is not JsonTokenType.PropertyName)
            {
                continue;
            }
            var isStatus = reader.ValueTextEquals("status"u8);
            reader.Read();
            status = isStatus && reader.TokenType is JsonTokenType.String ? reader.GetString() : status;
            reader.Skip();
        }
        return status;
    }
}
