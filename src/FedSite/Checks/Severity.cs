namespace FedSite.Checks;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Good to know; nothing to do.</summary>
    Info,

    /// <summary>Works, but costs something or will break later.</summary>
    Warning,

    /// <summary>Broken: something that the site is meant to do does not work.</summary>
    Error,
}
