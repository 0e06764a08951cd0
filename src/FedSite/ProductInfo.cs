using System.Reflection;

namespace FedSite;

/// <summary>Name and version of this build.</summary>
public static class ProductInfo
{
    public const string Name = "FedSite";

    /// <summary>Semantic version, for instance <c>0.1.0</c>.</summary>
    public static string Version { get; } =
        typeof(ProductInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "0.0.0";

    /// <summary>User-Agent of every request.</summary>
    public static string UserAgent => $"{Name}/{Version}";

    /// <summary>Root of the documentation links that findings and errors print.</summary>
    public const string Docs = "docs/";
}
