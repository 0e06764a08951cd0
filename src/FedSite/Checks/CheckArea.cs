namespace FedSite.Checks;

/// <summary>What a check looks at; <c>fedsite check --only</c> chooses by it.</summary>
public enum CheckArea
{
    Configuration,
    OpenStack,
    Federation,
    Certificate,
    Messaging,
    Information,
    Images,
    Storage,
}
