using System.Net;
using System.Net.Sockets;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Accounting;

/// <summary>
/// Who holds how many public addresses, worked out from the databases of Neutron and Nova with none of the product's code.
/// </summary>
internal static class ExpectedAddresses
{
    /// <returns>Counts by project id, owner (user or project id) and IP version.</returns>
    public static async Task<SortedDictionary<string, int>> ReadAsync(TestCloud cloud, params string[] counted)
    {
        var users = (
            await CloudDatabase.QueryAsync(
                cloud,
                "select uuid, user_id from nova.instances where deleted = 0 union select uuid, user_id from nova_cell0.instances where deleted = 0"
            )
        ).ToDictionary(row => row[0]!, row => row[1]!);
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        if (counted.Contains("floating"))
        {
            var floating = await CloudDatabase.QueryAsync(
                cloud,
                """
                select f.project_id, f.floating_ip_address, p.device_owner, p.device_id
                from neutron.floatingips f left join neutron.ports p on p.id = f.fixed_port_id
                """
            );
            foreach (var row in floating)
            {
                Count(row[0]!, row[1]!, row[2], row[3]);
            }
        }

        var fixedAddresses = await CloudDatabase.QueryAsync(
            cloud,
            """
            select p.project_id, a.ip_address, p.device_owner, p.device_id,
                   (select count(*) from neutron.externalnetworks e where e.network_id = p.network_id), n.project_id
            from neutron.ports p
            join neutron.ipallocations a on a.port_id = p.id
            join neutron.networks n on n.id = p.network_id
            where p.device_owner not like 'network:%'
            """
        );
        foreach (var row in fixedAddresses)
        {
            var (external, foreign) = (row[4] != "0", row[5] != row[0]);
            var isPrivate = row[1]!.StartsWith("10.", StringComparison.Ordinal);
            var isIpv6 = row[1]!.Contains(':', StringComparison.Ordinal);
            if (
                (external && counted.Contains("external"))
                || (!external && foreign && !isPrivate && counted.Contains("provider"))
                || (isIpv6 && counted.Contains("global-ipv6"))
            )
            {
                Count(row[0]!, row[1]!, row[2], row[3]);
            }
        }

        return counts;

        void Count(string project, string address, string? deviceOwner, string? device)
        {
            var isServer = deviceOwner?.StartsWith("compute:", StringComparison.Ordinal) == true;
            var owner = isServer ? users[device!] : project;
            var version = IPAddress.Parse(address).AddressFamily is AddressFamily.InterNetworkV6 ? 6 : 4;
            var key = $"{project} {owner} {version}";
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
    }
}
