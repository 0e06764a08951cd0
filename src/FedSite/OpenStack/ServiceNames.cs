namespace FedSite.OpenStack;

/// <summary>Types of services in the catalog, and the names that operators know them by.</summary>
internal static class ServiceNames
{
    public const string Identity = "identity";
    public const string Compute = "compute";
    public const string Image = "image";
    public const string Network = "network";
    public const string BlockStorage = "block-storage";
    public const string ObjectStorage = "object-store";
    public const string OpenId = "openid";

    /// <summary>
    /// The official type for one of its older names.
    /// https://service-types.openstack.org/
    /// </summary>
    public static string TypeOf(string catalogType) => catalogType is "volumev3" ? BlockStorage : catalogType;

    public static string Of(string serviceType) =>
        serviceType switch
        {
            Identity => "Keystone",
            Compute => "Nova",
            Image => "Glance",
            Network => "Neutron",
            BlockStorage => "Cinder",
            ObjectStorage => "Swift",
            OpenId => "The OpenID provider",
            _ => serviceType,
        };
}
