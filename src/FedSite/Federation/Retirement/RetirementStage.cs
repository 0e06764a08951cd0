namespace FedSite.Federation.Retirement;

/// <summary>What is done with a VO that leaves the site, in this order.</summary>
public enum RetirementStage
{
    /// <summary>Whose machines and volumes there are, and whom to write to. Changes nothing in the cloud.</summary>
    Owners,

    /// <summary>Nobody of the VO gets in any more; what is there goes on.</summary>
    Unmap,

    /// <summary>No images of the site for it, no share in what is published, no entry in the federation's files.</summary>
    Withdraw,

    /// <summary>Its servers are stopped.</summary>
    Stop,

    /// <summary>Servers, snapshots, volumes, floating addresses and images are deleted.</summary>
    Delete,

    /// <summary>All its usage is extracted and sent. Changes nothing in the cloud.</summary>
    Accounting,

    /// <summary>Its projects are disabled.</summary>
    Disable,
}

public static class RetirementStages
{
    public static IReadOnlyList<RetirementStage> All { get; } = Enum.GetValues<RetirementStage>();

    /// <summary>As options, scripts and the state database write it.</summary>
    public static string Word(this RetirementStage stage) =>
        stage switch
        {
            RetirementStage.Owners => "owners",
            RetirementStage.Unmap => "unmap",
            RetirementStage.Withdraw => "withdraw",
            RetirementStage.Stop => "stop",
            RetirementStage.Delete => "delete",
            RetirementStage.Accounting => "accounting",
            _ => "disable",
        };

    /// <returns>Null: there is no such stage.</returns>
    public static RetirementStage? Parse(string word)
    {
        foreach (var stage in All)
        {
            if (stage.Word() == word)
                return stage;
        }

        return null;
    }

    /// <returns>Null: it is the last.</returns>
    public static RetirementStage? After(RetirementStage? stage) =>
        stage is not { } known ? RetirementStage.Owners
        : known == RetirementStage.Disable ? null
        : known + 1;

    /// <returns>Null: it is the first.</returns>
    public static RetirementStage? Before(RetirementStage stage) => stage == RetirementStage.Owners ? null : stage - 1;
}
