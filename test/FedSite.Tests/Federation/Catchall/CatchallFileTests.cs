using FedSite.Federation.Catchall;

namespace FedSite.Tests.Federation.Catchall;

public sealed class CatchallFileTests
{
    private const string Head = "gocdb: A\nendpoint: https://k.example.org/v3\n";
    private const string Id = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("", "f:1:1: the file is empty")]
    [InlineData("- a\n", "f:1:1: expected keys")]
    [InlineData("gocdb: A\n", "f:1:1: endpoint: this key is required")]
    [InlineData("gocdb: 12\nendpoint: https://k/v3\n", "f:1:8: gocdb: expected a text: write \"12\"")]
    [InlineData("gocdb: no\nendpoint: https://k/v3\n", "f:1:8: gocdb: expected a text: write \"no\"")]
    [InlineData("gocdb: A B\nendpoint: https://k/v3\n", "f:1:8: gocdb: expected the site's name")]
    [InlineData("gocdb: A\nendpoint: k.example.org\n", "f:2:11: endpoint: expected Keystone's URL")]
    [InlineData("gocdb: A\nendpoint: https://k/v2.0\n", "f:2:11: endpoint: Keystone's API v2.0")]
    [InlineData("gocdb: A\nendpoint: https://k:99999/v3\n", "f:2:11: endpoint: expected a URL")]
    [InlineData($"{Head}endpont: x\n", "f:3:1: endpont: there is no such key; did you mean `endpoint`?")]
    [InlineData($"{Head}gocdb: B\n", "f:3:1: gocdb: the key is given twice, first in line 1")]
    [InlineData($"{Head}images:\n", "f:3:8: images: expected a group of keys (sync, formats), found nothing")]
    [InlineData($"{Head}images: [raw]\n", "f:3:9: images: expected a group of keys")]
    [InlineData($"{Head}images: {{sync: \"true\"}}\n", "f:3:16: images.sync: expected true or false")]
    [InlineData($"{Head}images: {{sync: 1}}\n", "images.sync: expected true or false")]
    [InlineData($"{Head}images: {{formats: raw}}\n", "images.formats: expected a list")]
    [InlineData($"{Head}images: {{formats: [raw, 2]}}\n", "images.formats[1]: expected a text")]
    [InlineData($"{Head}images: {{format: [raw]}}\n", "images.format: there is no such key; did you mean `formats`?")]
    [InlineData($"{Head}accounting: {{site: X}}\n", "accounting.site: there is no such key")]
    [InlineData($"{Head}vos: {{ops: x}}\n", "f:3:6: vos: expected a list of VOs")]
    [InlineData($"{Head}vos: [ops]\n", "vos[0]: expected `name` and `auth`")]
    [InlineData($"{Head}vos: [{{name: ops}}]\n", "vos[0].auth: this key is required")]
    [InlineData($"{Head}vos: [{{auth: {{}}}}]\n", "vos[0].name: this key is required")]
    [InlineData($"{Head}vos: [{{name: a b, auth: {{}}}}]\n", "vos[0].name: expected a VO's name")]
    [InlineData($"{Head}vos: [{{name: a, auth: x}}]\n", "vos[0].auth: expected a group of keys")]
    [InlineData($"{Head}vos: [{{name: a, auth: {{project_id: 12}}}}]\n", "project_id: expected a text: write \"12\"")]
    [InlineData($"{Head}vos: [{{name: a, auth: {{project_id: 'x y'}}}}]\n", "project_id: expected a project's id")]
    [InlineData($"{Head}vos: [{{name: a, auth: {{project_id: ''}}}}]\n", "project_id: the text is empty")]
    [InlineData($"{Head}auth: !file /etc/passwd\n", "auth: expected a text")]
    [InlineData($"{Head}auth: !!binary aGVsbG8=\n", "auth: expected a text, found a value with the tag `tag:yaml.org")]
    [InlineData("gocdb: !!int 12\nendpoint: https://k/v3\n", "f:1:8: gocdb: expected a text")]
    [InlineData($"{Head}images: {{sync: !!str true}}\n", "images.sync: expected true or false")]
    [InlineData(
        $"{Head}protocol: open.id\n",
        "f:3:11: protocol: expected a protocol's id in Keystone: up to 64 letters"
    )]
    [InlineData("gocdb: A\n\tendpoint: https://k/v3\n", "f:2:1: YAML takes no tab for indentation")]
    [InlineData($"{Head}vos: *x\n", "f:3:6: `*x` has no anchor `&x` before it")]
    [InlineData($"{Head}---\ngocdb: B\n", "f:3:1: a second document starts here")]
    [InlineData("gocdb: [\n", "not YAML")]
    public void Faults_are_told_with_file_line_and_key(string text, string expected)
    {
        var failure = Assert.Throws<FedSiteException>(() => CatchallFile.Parse(text, "f"));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gocdb: !!str 12\nendpoint: https://k/v3\n", "12")]
    [InlineData("gocdb: ! 12\nendpoint: https://k/v3\n", "12")]
    [InlineData("!!map\ngocdb: A\nendpoint: https://k/v3\nvos: !!seq []\n", "A")]
    [InlineData("gocdb: A\r\nendpoint: https://k/v3\r\n", "A")]
    [InlineData("gocdb: &a A\nendpoint: https://k/v3\nregion: *a\n", "A")]
    [InlineData("{gocdb: A, endpoint: \"https://k/v3\"}", "A")]
    [InlineData("%YAML 1.1\n---\ngocdb: A\nendpoint: https://k/v3\n...\n", "A")]
    public void All_of_YAML_may_be_used(string text, string name) =>
        Assert.Equal(name, CatchallFile.Parse(text, "f").Site.Name);

    [Fact]
    public void A_VO_that_is_listed_twice_is_told_with_both_lines()
    {
        var text = $"{Head}vos:\n- {{name: a, auth: {{}}}}\n- {{name: b, auth: {{}}}}\n- {{name: a, auth: {{}}}}\n";

        var failure = Assert.Throws<FedSiteException>(() => CatchallFile.Parse(text, "f"));

        Assert.Equal("f:6:3: vos[2].name: the VO a is listed twice, first in line 4", failure.Message);
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var failure = Assert.Throws<FedSiteException>(() => CatchallFile.Parse("gocdb: 1\nendpoint: x\ny: z\n", "f"));

        Assert.Equal(3, failure.Message.Split('\n').Length);
    }

    [Fact]
    public void Two_VOs_may_share_a_project()
    {
        var text =
            $"{Head}vos: [{{name: a, auth: {{project_id: {Id}}}}}, {{name: /a/b, auth: {{project_id: {Id}}}}}]\n";

        Assert.Equal(["a", "/a/b"], CatchallFile.Parse(text, "f").Site.Vos.Select(vo => vo.Name));
    }

    [Fact]
    public void A_key_that_the_schema_lets_a_VO_have_is_told_as_lost()
    {
        var text = $"{Head}vos: [{{name: a, auth: {{project_name: x}}, share: 3}}]\n";

        var warnings = CatchallFile.Parse(text, "f").Warnings;

        Assert.Equal(2, warnings.Count);
        Assert.Contains(
            "vos[0].auth.project_name: FedSite does not know this key",
            warnings[1] + warnings[0],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_in_plain_words()
    {
        var failure = Assert.Throws<FedSiteException>(() => CatchallFile.Load("/nowhere/site.yaml"));

        Assert.Contains(
            "/nowhere/site.yaml can't be read: it does not exist",
            failure.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("folder", "it is a folder, or this account may not read it")]
    [InlineData("large", "it is larger than 1024 KiB")]
    [InlineData("binary", "it is not UTF-8 text")]
    [InlineData("", "this is not a path")]
    public void A_file_that_is_none_is_told_by_name_with_what_to_do(string name, string reason)
    {
        var folder = Directory.CreateTempSubdirectory("fedsite-catchall-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "folder"));
            using (var large = File.Create(Path.Combine(folder, "large")))
                large.SetLength(100_000_000);
            File.WriteAllBytes(Path.Combine(folder, "binary"), [0x7f, 0x45, 0x4c, 0x46, 0xff, 0x00]);
            var path = name.Length == 0 ? name : Path.Combine(folder, name);

            var failure = Assert.Throws<FedSiteException>(() => CatchallFile.Load(path));

            Assert.Equal($"The catch-all file {path} can't be read: {reason}.", failure.Message);
            Assert.Contains("`sites`", failure.NextStep, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_byte_order_mark_does_no_harm()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Head, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

            Assert.Equal("A", CatchallFile.Load(file).Site.Name);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void It_is_written_as_the_operations_write_theirs()
    {
        var site = new CatchallSite
        {
            Name = "EXAMPLE",
            Endpoint = "https://k.example.org:5000/v3/",
            Auth = "v3applicationcredential",
            Region = "One",
            Protocol = "oidc",
            SyncImages = true,
            Formats = ["qcow2", "raw"],
            Accounting = true,
            AccountingSite = "OTHER",
            Vos =
            [
                new CatchallVo("ops", Id),
                new CatchallVo("/a/b", ProjectId: null),
                new CatchallVo("c", null, "1e5"),
            ],
        };

        Assert.Equal(
            $$"""
            ---
            gocdb: EXAMPLE
            endpoint: https://k.example.org:5000/v3/
            auth: v3applicationcredential
            region: One
            protocol: oidc
            images:
              sync: true
              formats:
                - qcow2
                - raw
            accounting:
              enabled: true
              site_name: OTHER
            vos:
              - name: ops
                auth:
                  project_id: {{Id}}
              - name: /a/b
                auth: {}
              - name: c
                auth:
                  region: "1e5"

            """,
            CatchallText.Write(site)
        );
    }

    [Theory]
    [InlineData("12345678901234567890123456789012")]
    [InlineData("true")]
    [InlineData("NO")]
    [InlineData("0x1f")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData("- a")]
    [InlineData("quo\"te\\")]
    [InlineData("two\nlines")]
    public void What_YAML_could_take_for_something_else_is_quoted(string region)
    {
        var text = CatchallText.Write(Site() with { Region = region });

        Assert.Equal(region, CatchallFile.Parse(text, "f").Site.Region);
        Assert.Contains("region: \"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Order_and_keys_that_say_what_holds_anyhow_make_no_difference()
    {
        var a = Site() with { Formats = ["raw", "qcow2"], Vos = [new("x", Id), new("y", Id)] };
        var b = Site() with
        {
            Formats = ["qcow2", "raw"],
            Vos = [new("y", Id), new("x", Id)],
            Protocol = "openid",
            Accounting = false,
            AccountingSite = "A",
        };

        Assert.Empty(CatchallComparison.Differences(a, b));
    }

    [Fact]
    public void Differences_are_told_one_by_one()
    {
        var a = Site() with { Vos = [new("x", Id), new("z", Id)] };
        var b = Site() with { Endpoint = a.Endpoint + "/", SyncImages = true, Vos = [new("y", Id), new("z", null)] };

        Assert.Equal(
            [
                "endpoint is https://k.example.org/v3 in the first, https://k.example.org/v3/ in the second",
                "images.sync is false in the first, true in the second",
                "the VO x is only in the first",
                "the VO y is only in the second",
                $"project of z is {Id} in the first, not given in the second",
            ],
            CatchallComparison.Differences(a, b)
        );
    }

    private static CatchallSite Site() => new() { Name = "A", Endpoint = "https://k.example.org/v3" };
}
