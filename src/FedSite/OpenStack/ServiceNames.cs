namespace FedSite.OpenStack;

/// <summary>Types of services in the catalog, and the names that operators know them by.</summary>
internal static class ServiceNames
{
    public const string Identity = "identity";
    public const string Compute = "compute";
    public const string Image = "image";
    public const string Network = "network";
    public const string OpenId = "openid";

    public static string Of(string serviceType) =>
        serviceType switch
        {
            Identity => "Keystone",
            Compute => "Nova",
            Image => "Glance",
            Network => "Neutron",
            OpenId => "The OpenID provider",
            _ => serviceType,
        };
}
