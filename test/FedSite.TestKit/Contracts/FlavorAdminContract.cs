using System.Globalization;
using System.Text.Json.Nodes;
using FedSite.OpenStack;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on where an admin gives access to flavors and sets their extra specs.</summary>
public abstract class FlavorAdminContract(ContractCloud cloud) : ServiceContract(cloud, "compute")
{
    private string _admin = "";
    private string _flavor = "";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _admin = await AdminTokenAsync();
        var name = string.Create(CultureInfo.InvariantCulture, $"contract-{Guid.CreateVersion7():n}");
        var body = $$"""
            {
              "flavor": {"name": "{{name}}", "vcpus": 1, "ram": 64, "disk": 1, "os-flavor-access:is_public": false}
            }
            """;
        _flavor = (string)(await MustAsync(200, "POST", "", body))["flavor"]!["id"]!;
    }

    public override async ValueTask DisposeAsync()
    {
        await SendAsync("DELETE", $"/{_flavor}", null);
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Access_is_there_from_its_grant_to_its_removal()
    {
        Assert.Empty(await AccessAsync());
        await MustAsync(200, "POST", Action, Grant(Cloud.ProjectId));
        Assert.Equal([Cloud.ProjectId], await AccessAsync());
        await MustAsync(200, "POST", Action, Removal(Cloud.ProjectId));

        Assert.Empty(await AccessAsync());
    }

    [Fact]
    public async Task Access_that_is_there_is_409_and_access_that_is_gone_is_404()
    {
        await MustAsync(200, "POST", Action, Grant(Cloud.ProjectId));

        await MustAsync(409, "POST", Action, Grant(Cloud.ProjectId));
        await MustAsync(200, "POST", Action, Removal(Cloud.ProjectId));
        await MustAsync(404, "POST", Action, Removal(Cloud.ProjectId));
    }

    [Fact]
    public async Task A_project_that_is_not_there_gets_no_access() =>
        await MustAsync(400, "POST", Action, Grant("00000000000000000000000000000000"));

    [Fact]
    public async Task A_public_flavor_has_no_access_list()
    {
        var flavors = (await MustAsync(200, "GET", "", null))["flavors"]!.AsArray();
        var id = (string)flavors[0]!["id"]!;

        await MustAsync(404, "GET", $"/{id}/os-flavor-access", null);
        await MustAsync(409, "POST", $"/{id}/action", Grant(Cloud.ProjectId));
    }

    [Fact]
    public async Task A_flavor_that_is_not_there_is_404()
    {
        await MustAsync(404, "GET", "/nonsense/os-flavor-access", null);
        await MustAsync(404, "POST", "/nonsense/action", Grant(Cloud.ProjectId));
        await MustAsync(404, "POST", "/nonsense/os-extra_specs", """{"extra_specs": {"a": "b"}}""");
    }

    [Fact]
    public async Task A_plain_account_changes_neither_access_nor_extra_specs()
    {
        var grant = await SendAsync("POST", Action, Grant(Cloud.ProjectId), Token);
        var specs = await SendAsync("POST", Specs, """{"extra_specs": {"a": "b"}}""", Token);
        var list = await SendAsync("GET", $"/{_flavor}/os-flavor-access", null, Token);

        Assert.Equal((403, 403, 404), (grant.Status, specs.Status, list.Status));
    }

    [Fact]
    public async Task Extra_specs_are_set_one_by_one_and_others_stay()
    {
        await MustAsync(200, "POST", Specs, """{"extra_specs": {"Accelerator:Type": "GPU", "contract:x": "1"}}""");
        await MustAsync(200, "POST", Specs, """{"extra_specs": {"Accelerator:Type": "MIC"}}""");
        var specs = (await MustAsync(200, "GET", Specs, null))["extra_specs"]!;

        Assert.Equal("MIC", (string?)specs["Accelerator:Type"]);
        Assert.Equal("1", (string?)specs["contract:x"]);
        await MustAsync(200, "DELETE", $"{Specs}/contract:x", null);
        await MustAsync(404, "DELETE", $"{Specs}/contract:x", null);
    }

    [Theory]
    [InlineData("pci_passthrough:alias", "nonsense", 400)]
    [InlineData("pci_passthrough:alias", "a100:1,t4:2", 200)]
    [InlineData("resources:VGPU", "x", 400)]
    [InlineData("resources:VGPU", "1", 200)]
    [InlineData("resources:NOPE", "1", 400)]
    [InlineData("resources:CUSTOM_GPU_A100", "1", 200)]
    [InlineData("Accelerator:Modell", "what is not known is not looked at", 200)]
    [InlineData("Accelerator:Version", "", 200)]
    [InlineData("a/b", "1", 400)]
    public async Task From_2_86_on_Nova_looks_at_the_extra_specs_that_it_knows(string key, string value, int status)
    {
        var body = new JsonObject { ["extra_specs"] = new JsonObject { [key] = value } };

        await MustAsync(status, "POST", Specs, body.ToJsonString());
    }

    [Fact]
    public async Task Before_2_86_any_value_will_do()
    {
        var body = """{"extra_specs": {"pci_passthrough:alias": "nonsense"}}""";
        var answer = await Raw.SendAsync(
            "POST",
            $"{Url}/flavors{Specs}",
            _admin,
            body,
            Ct,
            ("OpenStack-API-Version", "compute 2.85")
        );

        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task The_client_gives_and_takes_access_however_often()
    {
        using var admin = Connect(Cloud.Admin);
        using var plain = Connect(Cloud.Plain);
        await admin.Compute.AddFlavorAccessAsync(_flavor, Cloud.ProjectId, Ct);
        await admin.Compute.AddFlavorAccessAsync(_flavor, Cloud.ProjectId, Ct);

        Assert.Equal([Cloud.ProjectId], await admin.Compute.FindFlavorAccessAsync(_flavor, Ct));
        Assert.Contains(_flavor, await plain.Compute.ListFlavorIdsAsync(Cloud.ProjectId, Ct));
        await admin.Compute.RemoveFlavorAccessAsync(_flavor, Cloud.ProjectId, Ct);
        await admin.Compute.RemoveFlavorAccessAsync(_flavor, Cloud.ProjectId, Ct);
        Assert.DoesNotContain(_flavor, await plain.Compute.ListFlavorIdsAsync(Cloud.ProjectId, Ct));
    }

    [Fact]
    public async Task The_client_says_of_a_flavor_that_is_gone_that_nobody_has_access()
    {
        using var admin = Connect(Cloud.Admin);

        await admin.Compute.RemoveFlavorAccessAsync("nonsense", Cloud.ProjectId, Ct);

        Assert.Null(await admin.Compute.FindFlavorAccessAsync("nonsense", Ct));
        Assert.Null(await admin.Compute.FindExtraSpecsAsync("nonsense", Ct));
    }

    [Fact]
    public async Task The_client_lists_what_it_has_set()
    {
        using var admin = Connect(Cloud.Admin);
        var specs = new Dictionary<string, string> { ["Accelerator:Type"] = "GPU", ["Accelerator:Number"] = "0.5" };
        await admin.Compute.SetExtraSpecsAsync(_flavor, specs, Ct);
        var listed = await admin.Compute.ListAllFlavorsAsAdminAsync(Ct).ToListAsync(Ct);

        Assert.Equal(specs, await admin.Compute.FindExtraSpecsAsync(_flavor, Ct));
        Assert.Equal(specs, listed.Single(flavor => flavor.Item?.Id == _flavor).Item!.ExtraSpecs);
    }

    private string Action => $"/{_flavor}/action";

    private string Specs => $"/{_flavor}/os-extra_specs";

    private static string Grant(string project) => $$$"""{"addTenantAccess": {"tenant": "{{{project}}}"}}""";

    private static string Removal(string project) => $$$"""{"removeTenantAccess": {"tenant": "{{{project}}}"}}""";

    private async Task<List<string>> AccessAsync() =>
        [
            .. (await MustAsync(200, "GET", $"/{_flavor}/os-flavor-access", null))["flavor_access"]!
                .AsArray()
                .Select(access => (string)access!["tenant_id"]!),
        ];

    /// <summary>The account must name its project: an admin's own.</summary>
    private OpenStackCloud Connect(ContractAccount account) =>
        OpenStackCloud.Connect(
            Cloud.Credentials(account) with
            {
                ProjectName = account == Cloud.Admin ? "admin" : null,
                ProjectDomainName = account == Cloud.Admin ? "Default" : null,
            },
            TimeProvider.System,
            NullLoggerFactory.Instance
        );

    private Task<RawAnswer> SendAsync(string method, string path, string? body, string? token = null) =>
        Raw.SendAsync(
            method,
            $"{Url}/flavors{path}",
            token ?? _admin,
            body,
            Ct,
            ("OpenStack-API-Version", "compute 2.90")
        );

    private async Task<JsonNode> MustAsync(int status, string method, string path, string? body)
    {
        var answer = await SendAsync(method, path, body);
        Assert.True(answer.Status == status, $"{method} {path}: {answer.Status}: {answer.Text}");
        return answer.Text.Length > 0 ? answer.Json : new JsonObject();
    }
}
