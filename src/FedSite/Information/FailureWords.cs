using System.Globalization;
using FedSite.OpenStack;

namespace FedSite.Information;

/// <summary>
/// Failures in words that the whole federation may read: the service and its status, never an internal URL, a request or
/// what a service said, which may name users.
/// </summary>
internal static class FailureWords
{
    public static string Of(FedSiteException failure) =>
        failure is OpenStackException e ? Of(e) : "the account does not open the project";

    /// <summary>The service gave no answer at all.</summary>
    public static string Silent(string service) => $"{ServiceNames.Of(service)} did not answer in time";

    private static string Of(OpenStackException e)
    {
        var service = ServiceNames.Of(e.Service);
        return e.Status switch
        {
            >= 200 and < 300 => $"{service} gave an answer that is not understood",
            { } status => string.Create(CultureInfo.InvariantCulture, $"{service} answered {status}"),
            null when e.InnerException is null => $"{service} has no endpoint that the account can use",
            null => $"{service} did not answer",
        };
    }
}
