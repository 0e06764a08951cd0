namespace FedSite;

/// <summary>
/// A failure that the user can do something about. The program prints <see cref="Exception.Message"/> and
/// <see cref="NextStep"/>, never a stack trace, and ends with <see cref="ExitCode"/>.
/// Neither text may hold a secret.
/// </summary>
public class FedSiteException : Exception
{
    public FedSiteException(
        string message,
        string? nextStep = null,
        ExitCode exitCode = ExitCode.Failed,
        Exception? inner = null
    )
        : base(message, inner)
    {
        NextStep = nextStep;
        ExitCode = exitCode;
    }

    /// <summary>What to do about it, in one or two sentences.</summary>
    public string? NextStep { get; }

    public ExitCode ExitCode { get; }
}
