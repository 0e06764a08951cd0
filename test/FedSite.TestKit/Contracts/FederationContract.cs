using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in Keystone's identity providers and protocols.</summary>
public abstract class FederationContract(ContractCloud cloud) : IdentityContract(cloud)
{
    private const string Rules = """
        [{"local":[{"user":{"name":"{0}"}}],"remote":[{"type":"HTTP_OIDC_SUB"}]}]
        """;

    private string Idp => $"{Mark}.eu";
    private string IdpPath => $"{Federation}/identity_providers/{Idp}";
    private string ProtocolPath => $"{IdpPath}/protocols/openid";

    [Fact]
    public async Task An_identity_provider_without_a_domain_gets_one_that_is_named_by_its_own_id()
    {
        var provider = (await PutAsync(IdpPath, """{"identity_provider":{}}"""))["identity_provider"]!;
        var id = (string)provider["domain_id"]!;
        Forget($"domains/{id}");
        var domain = (await MustAsync(200, "GET", $"domains/{id}"))["domain"]!;

        Assert.Equal(id, (string?)domain["name"]);
        Assert.Equal($"Auto generated federated domain for Identity Provider: {Idp}", (string?)domain["description"]);
    }

    [Fact]
    public async Task What_a_new_identity_provider_is_not_told_is_off_and_empty()
    {
        await MakeIdpAsync(Idp);
        var provider = await GetIdpAsync();

        Assert.Equal(DomainId, (string?)provider["domain_id"]);
        Assert.False((bool)provider["enabled"]!);
        Assert.Null(provider["description"]);
        Assert.Null(provider["authorization_ttl"]);
        Assert.Empty(provider["remote_ids"]!.AsArray());
    }

    [Fact]
    public async Task An_identity_provider_is_made_once()
    {
        await MakeIdpAsync(Idp);
        var again = await SendAsync("PUT", IdpPath, """{"identity_provider":{}}""");

        Assert.Equal(409, again.Status);
        Assert.Contains("Duplicate entry", Message(again), StringComparison.Ordinal);
        Assert.DoesNotContain(await DomainsAsync(), d => ((string?)d!["description"])?.Contains(Idp) == true);
    }

    [Fact]
    public async Task An_issuer_belongs_to_one_identity_provider()
    {
        var issuer = $$""","remote_ids":["https://{{Mark}}/"]""";
        await MakeIdpAsync(Idp, issuer);
        var other = await SendAsync(
            "PUT",
            $"{IdpPath}.other",
            $$$"""{"identity_provider":{"domain_id":"{{{DomainId}}}"{{{issuer}}} }}"""
        );

        Assert.Equal(409, other.Status);
        Assert.Contains($"Duplicate remote ID: https://{Mark}/", Message(other), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_keeps_what_it_does_not_name_and_sorts_the_issuers()
    {
        await MakeIdpAsync(Idp, $$""","enabled":true,"remote_ids":["https://b.{{Mark}}","https://a.{{Mark}}"]""");
        await ChangeAsync("""{"authorization_ttl":480}""");
        var provider = await GetIdpAsync();

        Assert.Equal(480, (int)provider["authorization_ttl"]!);
        Assert.True((bool)provider["enabled"]!);
        Assert.Equal(
            [$"https://a.{Mark}", $"https://b.{Mark}"],
            provider["remote_ids"]!.AsArray().Select(issuer => (string?)issuer)
        );
    }

    [Fact]
    public async Task Null_empties_the_issuers_and_the_time_to_live()
    {
        await MakeIdpAsync(Idp, $$""","authorization_ttl":5,"remote_ids":["https://{{Mark}}"]""");
        await ChangeAsync("""{"remote_ids":null,"authorization_ttl":null}""");
        var provider = await GetIdpAsync();

        Assert.Null(provider["authorization_ttl"]);
        Assert.Empty(provider["remote_ids"]!.AsArray());
    }

    [Theory]
    [InlineData("PATCH", """{"domain_id":"default"}""", "'domain_id' was unexpected")]
    [InlineData("PATCH", "{}", "does not have enough properties")]
    [InlineData("PATCH", """{"authorization_ttl":-1}""", "field 'authorization_ttl'")]
    [InlineData("PATCH", """{"authorization_ttl":"8"}""", "field 'authorization_ttl'")]
    [InlineData("PATCH", """{"remote_ids":["x","x"]}""", "non-unique")]
    [InlineData("PATCH", """{"enabled":"yes"}""", "field 'enabled'")]
    [InlineData("PUT", """{"colour":1}""", "'colour' was unexpected")]
    [InlineData("PUT", """{"domain_id":"with a blank"}""", "field 'domain_id'")]
    public async Task A_faulty_identity_provider_is_refused_with_the_reason(string method, string body, string reason)
    {
        await MakeIdpAsync(Idp);
        var answer = await SendAsync(method, IdpPath, $$"""{"identity_provider":{{body}}}""");

        Assert.Equal(400, answer.Status);
        Assert.Contains(reason, Message(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_exist_is_404_but_its_protocols_are_none()
    {
        var missing = await SendAsync("GET", IdpPath);

        Assert.Equal($"Could not find Identity Provider: {Idp}.", Message(missing));
        Assert.Equal(404, (await SendAsync("PATCH", IdpPath, """{"identity_provider":{"enabled":true}}""")).Status);
        Assert.Equal(404, (await SendAsync("DELETE", IdpPath)).Status);
        Assert.Empty((await MustAsync(200, "GET", $"{IdpPath}/protocols"))["protocols"]!.AsArray());
    }

    [Fact]
    public async Task An_identity_provider_in_a_domain_that_does_not_exist_is_404()
    {
        var answer = await SendAsync("PUT", IdpPath, """{"identity_provider":{"domain_id":"nonsense"}}""");

        Assert.Equal(404, answer.Status);
        Assert.Equal("Could not find domain: nonsense.", Message(answer));
    }

    [Fact]
    public async Task Identity_providers_are_listed_by_id_and_by_being_enabled()
    {
        await MakeIdpAsync(Idp);

        Assert.Single(await ListAsync($"id={Idp}"));
        Assert.Single(await ListAsync($"id={Idp}&enabled=False"));
        Assert.Empty(await ListAsync($"id={Idp}&enabled=True"));

        async Task<JsonArray> ListAsync(string filter) =>
            (await MustAsync(200, "GET", $"{Federation}/identity_providers?{filter}"))["identity_providers"]!.AsArray();
    }

    [Fact]
    public async Task A_deleted_identity_provider_leaves_its_domain_and_no_protocol()
    {
        await MakeProtocolAsync();
        await MustAsync(204, "DELETE", IdpPath);

        Assert.Equal(404, (await SendAsync("GET", ProtocolPath)).Status);
        await MustAsync(200, "GET", $"domains/{DomainId}");
    }

    [Fact]
    public async Task A_domain_takes_its_identity_providers_along()
    {
        await MakeIdpAsync(Idp);
        await MustAsync(200, "PATCH", $"domains/{DomainId}", """{"domain":{"enabled":false}}""");
        await MustAsync(204, "DELETE", $"domains/{DomainId}");

        Assert.Equal(404, (await SendAsync("GET", IdpPath)).Status);
    }

    [Fact]
    public async Task A_protocol_ties_a_mapping_and_is_made_once()
    {
        await MakeProtocolAsync();
        var again = await SendAsync("PUT", ProtocolPath, Protocol(Mark));
        var listed = (await MustAsync(200, "GET", $"{IdpPath}/protocols"))["protocols"]!.AsArray();

        Assert.Equal(409, again.Status);
        Assert.Equal(Mark, (string?)Assert.Single(listed)!["mapping_id"]);
    }

    [Fact]
    public async Task A_protocol_can_be_tied_to_another_mapping()
    {
        await MakeProtocolAsync();
        await PutAsync($"{Federation}/mappings/{Mark}b", $$$"""{"mapping":{"rules":{{{Rules}}} }}""");
        await MustAsync(200, "PATCH", ProtocolPath, Protocol($"{Mark}b"));

        Assert.Equal($"{Mark}b", (string?)(await MustAsync(200, "GET", ProtocolPath))["protocol"]!["mapping_id"]);
    }

    [Theory]
    [InlineData("""{"mapping_id":"nonsense"}""", "Invalid mapping id: nonsense")]
    [InlineData("""{"mapping_id":"a.b"}""", "'a.b' does not match '^[a-zA-Z0-9-_]+$'")]
    [InlineData("{}", "'mapping_id' is a required property")]
    public async Task A_protocol_needs_a_mapping_that_exists_and_has_no_dot(string body, string reason)
    {
        await MakeIdpAsync(Idp);
        var answer = await SendAsync("PUT", ProtocolPath, $$"""{"protocol":{{body}}}""");

        Assert.Equal(400, answer.Status);
        Assert.Contains(reason, Message(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_protocol_that_does_not_exist_is_404()
    {
        await MakeProtocolAsync();
        var answer = await SendAsync("GET", $"{IdpPath}/protocols/other");

        Assert.Equal(404, answer.Status);
        Assert.Equal($"Could not find federated protocol other for Identity Provider: {Idp}.", Message(answer));
        Assert.Equal(404, (await SendAsync("PATCH", $"{IdpPath}/protocols/other", Protocol(Mark))).Status);
        Assert.Equal(404, (await SendAsync("DELETE", $"{IdpPath}/protocols/other")).Status);
    }

    [Fact]
    public async Task A_mapping_in_use_can_be_deleted_and_its_protocol_still_names_it()
    {
        await MakeProtocolAsync();
        await MustAsync(204, "DELETE", $"{Federation}/mappings/{Mark}");

        Assert.Equal(Mark, (string?)(await MustAsync(200, "GET", ProtocolPath))["protocol"]!["mapping_id"]);
    }

    [Theory]
    [InlineData("GET", "identity_providers", "list_identity_providers")]
    [InlineData("GET", "identity_providers/x", "get_identity_provider")]
    [InlineData("PUT", "identity_providers/x", "create_identity_provider")]
    [InlineData("PATCH", "identity_providers/x", "update_identity_provider")]
    [InlineData("DELETE", "identity_providers/x", "delete_identity_provider")]
    [InlineData("GET", "identity_providers/x/protocols", "list_protocols")]
    [InlineData("GET", "identity_providers/x/protocols/y", "get_protocol")]
    [InlineData("PUT", "identity_providers/x/protocols/y", "create_protocol")]
    [InlineData("PATCH", "identity_providers/x/protocols/y", "update_protocol")]
    [InlineData("DELETE", "identity_providers/x/protocols/y", "delete_protocol")]
    [InlineData("GET", "mappings", "list_mappings")]
    [InlineData("GET", "mappings/x", "get_mapping")]
    [InlineData("PUT", "mappings/x", "create_mapping")]
    [InlineData("PATCH", "mappings/x", "update_mapping")]
    [InlineData("DELETE", "mappings/x", "delete_mapping")]
    public async Task A_plain_account_may_nothing_and_a_reader_of_the_system_reads(
        string method,
        string path,
        string action
    )
    {
        var body = method is "PUT" or "PATCH" ? "{}" : null;
        var plain = await TokenAsync(Cloud.Plain, RawCloud.ProjectScope(Cloud.ProjectId));
        var reader = await TokenAsync(Cloud.SystemReader, """{"system":{"all":true}}""");
        var refused = await SendAsync(method, $"{Federation}/{path}", body, plain);
        var read = await SendAsync(method, $"{Federation}/{path}", body, reader);

        Assert.Equal(403, refused.Status);
        Assert.Equal($"You are not authorized to perform the requested action: identity:{action}.", Message(refused));
        Assert.Equal(method == "GET", read.Status is 200 or 404);
        Assert.Equal(method != "GET", read.Status == 403);
    }

    private async Task<JsonNode> GetIdpAsync() => (await MustAsync(200, "GET", IdpPath))["identity_provider"]!;

    private Task<JsonNode> ChangeAsync(string body) =>
        MustAsync(200, "PATCH", IdpPath, $$"""{"identity_provider":{{body}}}""");

    private async Task<JsonArray> DomainsAsync() => (await MustAsync(200, "GET", "domains"))["domains"]!.AsArray();

    /// <summary>Makes the identity provider, a mapping with the name of the mark, and the protocol.</summary>
    private async Task MakeProtocolAsync()
    {
        await MakeIdpAsync(Idp);
        await PutAsync($"{Federation}/mappings/{Mark}", $$$"""{"mapping":{"rules":{{{Rules}}} }}""");
        await PutAsync(ProtocolPath, Protocol(Mark));
    }

    private static string Protocol(string mapping) => $$$"""{"protocol":{"mapping_id":"{{{mapping}}}"}}""";
}
