using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FedSite.Tests.Faults;

/// <summary>Answers that no service in its right mind gives.</summary>
internal static class Hostile
{
    /// <summary>Begins the ids of objects that give a record.</summary>
    public const string Id = "hostile-";

    private static string Deep => new string('[', 500) + new string(']', 500);

    private static readonly string[] Lists =
    [
        "projects",
        "servers",
        "flavors",
        "images",
        "floatingips",
        "networks",
        "ports",
        "volumes",
        "messageIds",
    ];

    private static readonly string[] Documents = ["token", "domain", "user", "version"];

    /// <summary>All that is asked for, as numbers.</summary>
    public static string WrongTypes { get; } = Object(Lists.Concat(Documents).Select(name => $"\"{name}\": 7"));

    /// <summary>All that is asked for, as null.</summary>
    public static string Nulls { get; } = Object(Lists.Concat(Documents).Select(name => $"\"{name}\": null"));

    /// <summary>Empty lists with links that are none, and objects whose fields are not what they should be.</summary>
    public static string OddFields { get; } =
        Object([
            .. Lists.Select(name => $"\"{name}\": [], \"{name}_links\": [7, {{\"rel\": 7, \"href\": {{}}}}]"),
            """
            "links": {"next": 7}, "next": {"next": ["x"]},
            "domain": {"id": null, "name": null}, "user": {"id": null, "name": null},
            "version": {"version": null, "min_version": "-1.x"},
            "token": {"user": null, "expires_at": "9999-12-31T23:59:59Z", "issued_at": "0001-01-01T00:00:00Z",
                      "catalog": [null, {"type": null}, {"type": "compute", "endpoints": [null, {"url": null}]}]}
            """,
        ]);

    /// <summary>Servers of which no record can be made.</summary>
    public static IReadOnlyList<string> BadServers { get; } =
    [
        "null",
        "7",
        "\"a text\"",
        "[]",
        "{}",
        Server(1, "\"id\": null, \"user_id\": \"x\""),
        Server(2, "\"id\": \"\""),
        Server(3, "\"id\": 7"),
        Server(4, "\"status\": null, \"tenant_id\": {}"),
        Server(5, "\"created\": \"yesterday\""),
        Server(6, "\"created\": null"),
        Server(7, "\"created\": \"0001-01-01T00:00:00Z\""),
        Server(8, "\"flavor\": {\"vcpus\": -1}"),
        Server(9, "\"flavor\": {\"vcpus\": 99999999999999999999}"),
        Server(10, "\"flavor\": {\"vcpus\": 1e400}"),
        Server(11, "\"flavor\": {\"disk\": 9223372036854775807, \"ephemeral\": 9223372036854775807}"),
        Server(12, "\"flavor\": null"),
        Server(13, "\"flavor\": {\"extra_specs\": {\"a\": 1}}"),
        Server(14, "\"addresses\": 7"),
        Server(15, "\"image\": 7"),
        Server(16, "\"name\": \"\\ud800\""),
    ];

    /// <summary>Servers that give a record once their texts were cleaned.</summary>
    public static IReadOnlyList<string> DirtyServers { get; } =
    [
        Server(21, "\"name\": \"a%%\\n%%\\nVMUUID: stolen\\nSiteName: OTHER-SITE\""),
        Server(22, $"\"name\": \"{new string('x', 100_000)}\""),
        Server(23, "\"name\": null, \"user_id\": null"),
        Server(24, "\"name\": \"\\u0000\\u001b[31m\\u0007\", \"status\": \"\\u001b[2J\""),
        // What nobody asks for is skipped, however deep it goes.
        Server(17, $"\"metadata\": {Deep}"),
        Server(25, "\"flavor\": {\"vcpus\": 1, \"extra_specs\": {\"accounting:benchmark_value\": null}}"),
    ];

    /// <summary>Other objects that nothing can be made of: of any kind, then of one.</summary>
    private static readonly string[] Anything =
    [
        "null",
        "7",
        "\"a text\"",
        "[]",
        "{}",
        """{"id": null, "name": null, "enabled": null, "vmcatcher_event_ad_mpuri": "x", "size": null}""",
        $$"""{"id": "hostile", "name": "\u001b[31m", "enabled": true, "egi.VO": {{Deep}}, "size": {{Deep}}}""",
    ];

    private static readonly Dictionary<string, string[]> Special = new(StringComparer.Ordinal)
    {
        ["projects"] =
        [
            """{"id": "hostile", "name": "\u001b[31m", "enabled": "yes"}""",
            """{"id": "hostile", "name": "x", "enabled": true, "tags": [null, 7]}""",
        ],
        ["images"] = ["""{"id": "hostile", "vmcatcher_event_ad_mpuri": {"a": 1}}"""],
        ["flavors"] = ["""{"name": "x", "extra_specs": {"a": {}}}"""],
        ["floatingips"] =
        [
            """{"id": "hostile", "floating_ip_address": "10.0.0.999", "port_id": null}""",
            """{"id": "hostile", "floating_ip_address": null, "port_id": null}""",
        ],
        ["networks"] = ["""{"id": null, "router:external": true}""", """{"id": "hostile", "router:external": "yes"}"""],
        ["ports"] =
        [
            """{"id": "hostile", "network_id": 7}""",
            """{"id": "hostile", "fixed_ips": [7]}""",
            """{"id": "hostile", "fixed_ips": [{"ip_address": "%%"}]}""",
        ],
        ["volumes"] =
        [
            """{"id": "hostile", "size": -1, "created_at": "2020-01-01T00:00:00.000000"}""",
            """{"id": "hostile", "size": 99999999999999999999, "created_at": "2020-01-01T00:00:00.000000"}""",
            """{"id": "hostile", "size": 1, "created_at": "yesterday"}""",
        ],
    };

    /// <summary>How many objects of <see cref="Join"/> give no record; 0 for lists that records are not made of.</summary>
    public static int Quarantined(string list) =>
        list switch
        {
            "servers" => BadServers.Count,
            "floatingips" or "volumes" => Anything.Length + Special[list].Length,
            // The last of them is odd only in fields that these lists are not asked for.
            "networks" or "ports" => Anything.Length - 1 + Special[list].Length,
            _ => 0,
        };

    /// <summary>Puts such objects in front of the true ones.</summary>
    public static byte[] Join(byte[] body, string list)
    {
        var objects = list is "servers" ? BadServers.Concat(DirtyServers) : Anything.Concat(Special[list]);
        var text = Encoding.UTF8.GetString(body);
        var start = ListStart(list).Match(text);
        Assert.True(start.Success, text);
        var at = start.Index + start.Length;
        var comma = text[at..].TrimStart().StartsWith(']') ? "" : ",";
        return Encoding.UTF8.GetBytes($"{text[..at]}{string.Join(',', objects)}{comma}{text[at..]}");
    }

    /// <summary>Makes the pages of a list follow each other without end.</summary>
    /// <param name="list">Name of the array.</param>
    /// <param name="circle">Pages in the circle.</param>
    public static Func<byte[], byte[]> Loop(string list, int circle)
    {
        var markers = new List<string>();
        var page = 0;
        return body =>
        {
            var root = JsonNode.Parse(body)!.AsObject();
            if (markers.Count < circle)
            {
                var last = root[list]!.AsArray().LastOrDefault();
                markers.Add((string?)last?["id"] ?? $"marker-{markers.Count}");
            }
            var link = $"http://127.0.0.1/?marker={markers[page++ % circle]}";
            root[$"{list}_links"] = new JsonArray(new JsonObject { ["rel"] = "next", ["href"] = link });
            root["links"] = new JsonObject { ["next"] = link };
            root["next"] = link;
            return Encoding.UTF8.GetBytes(root.ToJsonString());
        };
    }

    // The last one of two fields of the same name counts.
    private static string Server(int number, string odd) =>
        $$$"""
            {"id": "{{{Id}}}{{{number}}}", "name": "x", "status": "ACTIVE", "tenant_id": "x", "user_id": null,
             "created": "2020-01-01T00:00:00Z", "updated": "2020-01-01T00:00:00Z", "image": "", "addresses": {},
             "OS-SRV-USG:launched_at": "2020-01-01T00:00:00.000000", "OS-SRV-USG:terminated_at": null,
             "flavor": {"original_name": "f", "vcpus": 1, "ram": 1, "disk": 1, "ephemeral": 0, "extra_specs": {}}, {{{odd}}} }
            """;

    private static string Object(IEnumerable<string> fields) => $"{{{string.Join(", ", fields)}}}";

    private static Regex ListStart(string list) =>
        new($"\"{list}\":\\s*\\[", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
