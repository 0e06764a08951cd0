namespace FedSite.OpenStack;

/// <summary>An OpenStack service refused a request, answered nonsense, or could not be reached.</summary>
public class OpenStackException : FedSiteException
{
    internal OpenStackException(
        string message,
        string? nextStep,
        string service,
        Uri? url,
        int? status = null,
        string? requestId = null,
        Exception? inner = null
    )
        : base(message, nextStep, ExitCode.Failed, inner)
    {
        Service = service;
        Url = url;
        Status = status;
        RequestId = requestId;
    }

    /// <summary>Type of the service as in the catalog: <c>identity</c>, <c>compute</c>, <c>image</c>, <c>network</c>, <c>block-storage</c>, <c>object-store</c>.</summary>
    public string Service { get; }

    /// <summary>What was asked for; holds no secret.</summary>
    public Uri? Url { get; }

    /// <summary>HTTP status of the answer; null when there was none.</summary>
    public int? Status { get; }

    /// <summary>The service's own id of the request, with which its operator finds it in the logs.</summary>
    public string? RequestId { get; }
}
