using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack;

/// <summary>The services of a cloud, as Keystone lists them in a token.</summary>
public sealed class Catalog
{
    private readonly CloudCredentials _credentials;

    internal Catalog(IReadOnlyList<CatalogService?> services, CloudCredentials credentials)
    {
        Services = [.. services.OfType<CatalogService>()];
        _credentials = credentials;
    }

    public IReadOnlyList<CatalogService> Services { get; }

    /// <summary>All regions that have an endpoint, sorted.</summary>
    public IReadOnlyList<string> Regions =>
        [.. Services.SelectMany(service => service.Endpoints).Select(endpoint => endpoint.Region).Order().Distinct()];

    /// <summary>URL of a service in the configured region and of the configured interface, without a trailing slash.</summary>
    /// <param name="serviceType">For instance <c>compute</c>.</param>
    /// <exception cref="OpenStackException">There is none, or more than one region to choose from.</exception>
    public Uri Endpoint(string serviceType) => Endpoint(serviceType, _credentials.Interface);

    /// <summary>The same of another interface than the configured one.</summary>
    internal Uri Endpoint(string serviceType, string interfaceName)
    {
        var all = Services
            .Where(service => ServiceNames.TypeOf(service.Type) == serviceType)
            .SelectMany(service => service.Endpoints)
            .ToList();
        if (all.Count == 0)
        {
            throw Failure(
                serviceType,
                $"The catalog of {_credentials.AuthUrl.Host} has no service of type {serviceType}",
                "Ask the cloud's operator whether the service exists and whether its endpoint is filtered for the project."
            );
        }
        var inRegion = _credentials.RegionName is { } wanted
            ? all.FindAll(endpoint => endpoint.Region == wanted)
            : OnlyRegion(serviceType, all);
        if (inRegion.Count == 0)
        {
            throw Failure(
                serviceType,
                $"The catalog has no {serviceType} endpoint in region {_credentials.RegionName}",
                $"Set region_name to one of: {string.Join(", ", Regions)}."
            );
        }
        var chosen = inRegion.Find(endpoint => endpoint.Interface == interfaceName);
        if (chosen is null)
        {
            throw Failure(
                serviceType,
                $"The catalog has no {interfaceName} endpoint of type {serviceType} in region {inRegion[0].Region}",
                $"Set interface to one of: {string.Join(", ", inRegion.Select(endpoint => endpoint.Interface).Distinct())}."
            );
        }
        return Uri.TryCreate(chosen.Url.TrimEnd('/'), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw Failure(
                serviceType,
                $"The catalog's {serviceType} endpoint is no URL: {chosen.Url}",
                "Ask the cloud's operator to correct the endpoint."
            );
    }

    private List<CatalogEndpoint> OnlyRegion(string serviceType, List<CatalogEndpoint> endpoints)
    {
        var regions = endpoints.Select(endpoint => endpoint.Region).Order().Distinct().ToList();
        return regions.Count == 1
            ? endpoints
            : throw Failure(
                serviceType,
                $"The cloud has {regions.Count} regions with a {serviceType} endpoint, and none is configured",
                $"Set region_name to one of: {string.Join(", ", regions)}."
            );
    }

    private OpenStackException Failure(string serviceType, string message, string nextStep) =>
        new(message, nextStep, serviceType, _credentials.AuthUrl);
}

public sealed record CatalogService
{
    [JsonPropertyName("id")]
    public string? Id { get; init; }

    /// <summary>For instance <c>compute</c>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>For instance <c>nova</c>; the operator's choice.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("endpoints")]
    [AllowNull]
    public IReadOnlyList<CatalogEndpoint> Endpoints
    {
        get => field ?? [];
        init => field = value?.Where(endpoint => endpoint is not null).ToList();
    }
}

public sealed record CatalogEndpoint
{
    /// <summary><c>public</c>, <c>internal</c> or <c>admin</c>.</summary>
    [JsonPropertyName("interface")]
    public required string Interface { get; init; }

    [JsonPropertyName("region_id")]
    [AllowNull]
    public string Region
    {
        get => field ?? "";
        init;
    }

    [JsonPropertyName("url")]
    public required string Url { get; init; }
}
