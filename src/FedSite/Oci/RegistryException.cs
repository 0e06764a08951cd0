namespace FedSite.Oci;

/// <summary>A registry refused a request, answered nonsense, or could not be reached.</summary>
public sealed class RegistryException : FedSiteException
{
    internal RegistryException(
        string message,
        string? nextStep,
        Uri? url = null,
        int? status = null,
        string? requestId = null,
        string? code = null,
        Exception? inner = null
    )
        : base(message, nextStep, ExitCode.Failed, inner)
    {
        Url = url;
        Status = status;
        RequestId = requestId;
        Code = code;
    }

    /// <summary>What was asked for, without query and user.</summary>
    public Uri? Url { get; }

    /// <summary>HTTP status of the answer; null when there was none.</summary>
    public int? Status { get; }

    /// <summary>The registry's own id of the request, with which its operator finds it in the logs.</summary>
    public string? RequestId { get; }

    /// <summary>The registry's own word for the error, for instance <c>NAME_UNKNOWN</c>; null: none.</summary>
    public string? Code { get; }
}
