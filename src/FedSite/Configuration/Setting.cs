using FedSite.Configuration.Yaml;

namespace FedSite.Configuration;

/// <summary>Where a value of the configuration came from.</summary>
/// <param name="Place">In the file.</param>
/// <param name="From"><c>${NAME}</c> or <c>!file PATH</c>, when it is not written in the file itself.</param>
/// <param name="Path">How its path is used, when it is one.</param>
internal sealed record Setting(Place Place, string? From, PathUse? Path);
