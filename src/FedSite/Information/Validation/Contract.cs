using static FedSite.Information.Validation.MemberKind;

namespace FedSite.Information.Validation;

/// <summary>
/// The document as consumers know it: classes, members and references. What FedSite tells beyond cloud-info-provider 1.2
/// is part of it, as optional members. Other classes and members are allowed everywhere.
/// </summary>
internal static partial class Contract
{
    private const string Service = "CloudComputingService";
    private const string Manager = "CloudComputingManager";
    private const string Endpoint = "CloudComputingEndpoint";
    public const string Image = "CloudComputingImage";
    public const string InstanceType = "CloudComputingInstanceType";
    public const string Accelerator = "CloudComputingVirtualAccelerator";
    public const string Share = "Share";
    public const string MappingPolicy = "MappingPolicy";
    private const string AccessPolicy = "AccessPolicy";

    public const string OtherInfo = "OtherInfo";
    public const string Associations = "Associations";

    /// <summary>What comes of most faults: all consumers but fedcloudclient ask the query API.</summary>
    public const string Dropped = "the query API drops the whole site";

    private const string VoLost = "the query API does not show the share's VO at the site";

    /// <summary>All classes, in the order of the document.</summary>
    public static IReadOnlyList<ClassRule> Classes { get; } =
    [
        new(Service, "The site's cloud.")
        {
            Harm = Dropped,
            IsSingle = true,
            Associations = [new("AdminDomain", IsRequired: true) { LeadsOut = true, Harm = Dropped }],
            Members = [.. Head(), .. ServiceMembers()],
        },
        new(Manager, "What runs the machines.")
        {
            IsSingle = true,
            Associations = [new(Service, IsRequired: true)],
            Members = [.. Head(hasName: false), .. ManagerMembers()],
        },
        new(Endpoint, "Where the cloud is reached.")
        {
            Harm = Dropped,
            IsSingle = true,
            Associations = [new(Service, IsRequired: true)],
            Members = [.. Head(), .. EndpointMembers()],
        },
        new(Image, "An image, once with all its shares, or once for each share.")
        {
            Harm = Dropped,
            IsRepeatable = true,
            Associations =
            [
                new(Share, IsRequired: true)
                {
                    Harm = "the query API shows the image under no VO, and without the array drops the whole site",
                },
                new(Endpoint, IsRequired: true),
                new(Manager, IsRequired: true),
            ],
            Members = [.. Head(hasName: false, Dropped, Dropped), .. ImageMembers()],
        },
        new(InstanceType, "A flavor, once with all its shares, or once for each share.")
        {
            Harm = Dropped,
            IsRepeatable = true,
            Associations =
            [
                new(Share, IsRequired: true)
                {
                    Harm = "the query API takes the flavor for no VO's, and without the array drops the whole site",
                },
                new(Endpoint, IsRequired: true),
                new(Manager, IsRequired: true),
                new(Accelerator, IsRequired: false)
                {
                    Harm = "the query API looks for it and, if the document has no accelerators, drops the whole site",
                },
            ],
            Members = [.. Head(nameHarm: Dropped), .. InstanceTypeMembers()],
        },
        new(Accelerator, "Accelerators of a flavor.")
        {
            IsRepeatable = true,
            Associations = [new(InstanceType, IsRequired: true)],
            Members = [.. Head(), .. AcceleratorMembers()],
        },
        new(Share, "What a VO has at the site: a project.")
        {
            Harm = Dropped,
            Associations = [new(Service, IsRequired: true), new(Endpoint, IsRequired: true)],
            Members = [.. Head(idHarm: Dropped, nameHarm: Dropped), .. ShareMembers()],
        },
        new(MappingPolicy, "Which VO a share is for.")
        {
            Harm = Dropped,
            Associations =
            [
                new(Share, IsRequired: true) { Harm = VoLost },
                new("PolicyUserDomain", IsRequired: true) { LeadsOut = true, Harm = Dropped },
            ],
            Members = [.. Head(hasName: false), .. PolicyMembers()],
        },
        new(AccessPolicy, "All VOs of the site.")
        {
            IsSingle = true,
            Associations = [new(Endpoint, IsRequired: true)],
            Members = [.. Head(hasName: false), .. PolicyMembers()],
        },
    ];

    // What all objects begin with.
    private static IEnumerable<MemberRule> Head(bool hasName = true, string? idHarm = null, string? nameHarm = null) =>
        [
            new("ID", FilledText, "What others call it by.") { IsRequired = true, Harm = idHarm },
            new("Validity", Whole, "Seconds for which it holds.") { IsRequired = true, Minimum = 0 },
            new("CreationTime", Time, "When it was made.") { IsRequired = true },
            new("Name", Text, "What people call it.") { IsRequired = hasName, Harm = nameHarm },
        ];

    private static MemberRule Needed(string name, MemberKind kind, string about) =>
        new(name, kind, about) { IsRequired = true };

    private static MemberRule Needed(string name, string about, params IReadOnlyList<string> words) =>
        new(name, Text, about) { IsRequired = true, Words = words };

    private static MemberRule Optional(string name, MemberKind kind, string about) => new(name, kind, about);

    private static MemberRule Optional(string name, string about, params IReadOnlyList<string> words) =>
        new(name, Text, about) { Words = words };

    private static MemberRule Other(params IReadOnlyList<MemberRule> members) =>
        new(OtherInfo, MemberKind.Object, "What the model has no member for.") { Members = members };

    private static IEnumerable<MemberRule> Machines() =>
        [
            Optional("TotalVM", Whole, "Virtual machines."),
            Optional("RunningVM", Whole, "Those that run."),
            Optional("SuspendedVM", Whole, "Those that are suspended."),
            Optional("HaltedVM", Whole, "Those that are switched off."),
        ];
}
