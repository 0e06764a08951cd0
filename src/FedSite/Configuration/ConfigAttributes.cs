namespace FedSite.Configuration;

/// <summary>The value of this key is never shown.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;

/// <summary>The value is a path; a relative one is meant from the folder of the file that it stands in.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class LocalPathAttribute(PathUse use) : Attribute
{
    public PathUse Use { get; } = use;
}

internal enum PathUse
{
    /// <summary>A file that must be there.</summary>
    File,

    /// <summary>A folder that must be there.</summary>
    Folder,

    /// <summary>A folder that is made when it is needed.</summary>
    Made,
}

/// <summary>A list of one text may be written as that text.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OneOrManyAttribute : Attribute;

/// <summary>The list, when it is given, must have an element.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotEmptyAttribute : Attribute;
