namespace FedSite.Checks;

public static partial class CheckRules
{
    public static CheckRule CatchallFile { get; } =
        new(
            "FS-CAT-001",
            "The catch-all file can be read",
            "EGI's central operations refuse a file that does not fit their schema, and go on with the old one.",
            "Write it anew with `fedsite federation render catchall`."
        );

    public static CheckRule CatchallEndpoint { get; } =
        new(
            "FS-CAT-002",
            "The catch-all file has GOCDB's endpoint",
            "The endpoint is compared letter by letter: with another slash or port the site's information and its monitoring do not find each other.",
            "Write the URL as GOCDB has it: `fedsite federation render catchall` does, without `federation.catchall.endpoint`."
        );

    public static CheckRule CatchallSite { get; } =
        new(
            "FS-CAT-003",
            "The catch-all file and site.yaml agree",
            "A VO that one of them lacks gets no images or information from the central operations, or still gets them.",
            "Correct site.yaml, or render the file anew and send it to the central operations."
        );

    public static CheckRule CatchallProjects { get; } =
        new(
            "FS-CAT-004",
            "Projects of the catch-all file exist",
            "The central operations log into these projects; one that is gone or disabled costs its VO images and information.",
            "Correct the project of the VO in site.yaml, and render the file anew."
        );

    public static CheckRule CatchallLogin { get; } =
        new(
            "FS-CAT-005",
            "Keystone has the catch-all file's protocol and regions",
            "With another protocol or region the central operations do not get in.",
            "Correct `federation.protocol` or `federation.catchall.region`, and render the file anew."
        );
}
