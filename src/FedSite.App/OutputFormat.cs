namespace FedSite.App;

/// <summary>How results are written to standard output.</summary>
internal enum OutputFormat
{
    /// <summary>For people; not meant to be parsed.</summary>
    Table,

    /// <summary>Exactly one JSON document.</summary>
    Json,

    /// <summary>JUnit XML, for test and monitoring systems.</summary>
    Junit,

    /// <summary>Comma-separated values under a line of headings, for spreadsheets.</summary>
    Csv,
}
