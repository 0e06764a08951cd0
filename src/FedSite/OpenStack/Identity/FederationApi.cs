using System.Text.Json.Nodes;

namespace FedSite.OpenStack.Identity;

/// <summary>
/// Identity providers, mappings and protocols; needs the role admin.
/// https://docs.openstack.org/api-ref/identity/v3-ext/#os-federation-api
/// </summary>
public sealed class FederationApi
{
    private const string Root = "OS-FEDERATION";
    private readonly IdentityRequests _requests;

    internal FederationApi(IdentityRequests requests) => _requests = requests;

    public Task<IReadOnlyList<IdentityProvider>> ListIdentityProvidersAsync(CancellationToken ct) =>
        _requests.ListAsync(
            $"{Root}/identity_providers",
            "identity_providers",
            IdentityJson.Default.IdentityProvider,
            ct
        );

    /// <returns>Null: there is none.</returns>
    public async Task<IdentityProvider?> FindIdentityProviderAsync(string id, CancellationToken ct) =>
        (await _requests.FindAsync(Idp(id), IdentityJson.Default.IdentityProviderBody, ct))?.IdentityProvider;

    /// <param name="id">Its id.</param>
    /// <param name="fields">As the API names them; the domain of an existing one can't be changed.</param>
    /// <param name="exists">It is changed, not made.</param>
    /// <param name="ct">Ends the work.</param>
    public Task PutIdentityProviderAsync(string id, JsonObject fields, bool exists, CancellationToken ct) =>
        _requests.PutAsync(Idp(id), "identity_provider", fields, exists, ct);

    public Task DeleteIdentityProviderAsync(string id, CancellationToken ct) => _requests.DeleteAsync(Idp(id), ct);

    /// <returns>Null: there is none.</returns>
    public async Task<StoredMapping?> FindMappingAsync(string id, CancellationToken ct) =>
        (await _requests.FindAsync(Mapping(id), IdentityJson.Default.MappingBody, ct))?.Mapping;

    /// <param name="id">Its id.</param>
    /// <param name="mapping">Its rules; or an object of <c>rules</c> and <c>schema_version</c>.</param>
    /// <param name="old">The one that is changed; null: it is made.</param>
    /// <param name="ct">Ends the work.</param>
    public Task PutMappingAsync(string id, JsonNode mapping, StoredMapping? old, CancellationToken ct)
    {
        var fields = mapping as JsonObject ?? new JsonObject { ["rules"] = mapping };
        // Left out, the old version stays; Keystones that know no versions are not bothered with one.
        if (old?.IsCustomary == false && mapping is JsonArray)
            fields["schema_version"] = "1.0";
        return _requests.PutAsync(Mapping(id), "mapping", fields, exists: old is not null, ct);
    }

    public Task DeleteMappingAsync(string id, CancellationToken ct) => _requests.DeleteAsync(Mapping(id), ct);

    /// <returns>Null: there is none, or no such identity provider.</returns>
    public async Task<FederationProtocol?> FindProtocolAsync(string idp, string id, CancellationToken ct) =>
        (await _requests.FindAsync(Protocol(idp, id), IdentityJson.Default.ProtocolBody, ct))?.Protocol;

    public Task PutProtocolAsync(string idp, string id, string mapping, bool exists, CancellationToken ct) =>
        _requests.PutAsync(Protocol(idp, id), "protocol", new JsonObject { ["mapping_id"] = mapping }, exists, ct);

    public Task DeleteProtocolAsync(string idp, string id, CancellationToken ct) =>
        _requests.DeleteAsync(Protocol(idp, id), ct);

    private static string Idp(string id) => $"{Root}/identity_providers/{Uri.EscapeDataString(id)}";

    private static string Mapping(string id) => $"{Root}/mappings/{Uri.EscapeDataString(id)}";

    private static string Protocol(string idp, string id) => $"{Idp(idp)}/protocols/{Uri.EscapeDataString(id)}";
}
