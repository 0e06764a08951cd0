using System.Globalization;

namespace FedSite.Sandbox.Gocdb;

/// <summary>A service of some site in GOCDB.</summary>
public sealed record RegisteredService
{
    /// <summary>For instance <c>15123G0</c>.</summary>
    public required string Id { get; init; }
    public required string Site { get; init; }
    public required string Host { get; init; }
    public string Type { get; init; } = SandboxGocdb.Cloud;

    /// <summary>Of the service itself; empty: only its endpoints have URLs.</summary>
    public string Url { get; init; } = "";
    public IReadOnlyList<string> EndpointUrls { get; init; } = [];
    public bool InProduction { get; init; } = true;
    public bool Monitored { get; init; } = true;
}

/// <summary>A downtime of one service.</summary>
public sealed record RegisteredDowntime
{
    public required RegisteredService Service { get; init; }

    /// <summary>URLs of the service's endpoints that it is about; empty: not said.</summary>
    public IReadOnlyList<string> EndpointUrls { get; init; } = [];

    /// <summary><c>OUTAGE</c> or <c>WARNING</c>.</summary>
    public string Severity { get; init; } = "OUTAGE";
    public required DateTimeOffset Start { get; init; }
    public required DateTimeOffset End { get; init; }
    public string Description { get; init; } = "Work on the network";
}

/// <summary>What the sandbox's GOCDB has; to be changed by tests, also while requests are served.</summary>
public sealed class SandboxGocdb
{
    /// <summary>Type of the service that a cloud is registered as.</summary>
    public const string Cloud = "org.openstack.nova";

    /// <summary>The site of the sandbox's own cloud.</summary>
    public const string Site = "SANDBOX-SITE";

    private const string Dashboard = "org.openstack.horizon";
    private const int OtherSites = 40;

    private readonly Lock _change = new();
    private readonly List<RegisteredService> _services = [];
    private readonly List<RegisteredDowntime> _downtimes = [];

    internal SandboxGocdb(Uri keystone)
    {
        Own = new RegisteredService
        {
            Id = "15123G0",
            Site = Site,
            Host = keystone.Host,
            Url = keystone.AbsoluteUri,
        };
        _services.AddRange(Enumerable.Range(1, OtherSites).Select(Other));
        _services.Insert(OtherSites / 2, Own);
        _services.Add(
            Own with
            {
                Id = "15124G0",
                Type = Dashboard,
                Host = "dashboard.example.org",
                Url = "https://dashboard.example.org/dashboard",
            }
        );
    }

    /// <summary>The sandbox's cloud as it was registered at the start.</summary>
    public RegisteredService Own { get; }

    public IReadOnlyList<RegisteredService> Services
    {
        get
        {
            lock (_change)
            {
                return [.. _services];
            }
        }
    }

    public IReadOnlyList<RegisteredDowntime> Downtimes
    {
        get
        {
            lock (_change)
            {
                return [.. _downtimes];
            }
        }
    }

    /// <summary>Adds a service, or replaces the one with its id.</summary>
    public void Put(RegisteredService service)
    {
        lock (_change)
        {
            var at = _services.FindIndex(known => known.Id == service.Id);
            if (at < 0)
            {
                _services.Add(service);
            }
            else
            {
                _services[at] = service;
            }
        }
    }

    public void Remove(RegisteredService service)
    {
        lock (_change)
        {
            _services.RemoveAll(known => known.Id == service.Id);
        }
    }

    public void Add(RegisteredDowntime downtime)
    {
        lock (_change)
        {
            _downtimes.Add(downtime);
        }
    }

    /// <summary>As different as real entries: ports, versions, slashes, URLs in the endpoints alone.</summary>
    private static RegisteredService Other(int number)
    {
        var host = string.Create(CultureInfo.InvariantCulture, $"keystone.site-{number:00}.example.org");
        var url = (number % 4) switch
        {
            0 => $"https://{host}:5000/v3",
            1 => $"https://{host}:5000/v3/",
            2 => $"https://{host}/identity/v3",
            _ => $"https://{host}:13000",
        };
        var isNested = number % 5 == 0;
        return new RegisteredService
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{7500 + (number * 13)}G0"),
            Site = string.Create(CultureInfo.InvariantCulture, $"SITE-{number:00}"),
            Host = host,
            Url = isNested ? "" : url,
            EndpointUrls = isNested ? [url] : [],
            InProduction = number % 11 != 0,
            Monitored = number % 7 != 0,
        };
    }
}
