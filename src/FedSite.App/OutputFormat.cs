namespace FedSite.App;

/// <summary>How results are written to standard output.</summary>
internal enum OutputFormat
{
    /// <summary>For people; not meant to be parsed.</summary>
    Table,

    /// <summary>Exactly one JSON document.</summary>
    Json,

    /// <summary>RFC 4180, with a header line.</summary>
    Csv,

    /// <summary>JUnit XML, for test and monitoring systems.</summary>
    Junit,
}
