namespace FedSite.Federation.Mappings.Python;

/// <summary>An exception of Python or Keystone that the evaluation of a mapping ends with.</summary>
/// <param name="kind">Name of its class, for instance <c>ValidationError</c>.</param>
/// <param name="message">What is wrong, in our words.</param>
internal sealed class PythonError(string kind, string message) : Exception(message)
{
    public string Kind { get; } = kind;
}
