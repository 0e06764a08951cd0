namespace FedSite.Sandbox.OpenStack;

/// <summary>Where the services listen, without a trailing slash. Set once all of them run.</summary>
internal sealed class Endpoints
{
    public string Identity { get; set; } = "";
    public string Compute { get; set; } = "";
    public string Image { get; set; } = "";
    public string Network { get; set; } = "";
    public string BlockStorage { get; set; } = "";
    public string ObjectStorage { get; set; } = "";
}
