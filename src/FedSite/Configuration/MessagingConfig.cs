using System.ComponentModel.DataAnnotations;

namespace FedSite.Configuration;

/// <summary>Signed delivery of messages to the ARGO Messaging Service (AMS).</summary>
public sealed record MessagingConfig
{
    /// <summary>Host certificate (PEM) that signs messages and opens AMS. Default <c>/etc/grid-security/hostcert.pem</c>.</summary>
    [LocalPath(PathUse.File)]
    public string Certificate { get; init; } = "/etc/grid-security/hostcert.pem";

    /// <summary>Its key (PEM, not encrypted, readable by its owner alone). Default <c>/etc/grid-security/hostkey.pem</c>.</summary>
    [LocalPath(PathUse.File)]
    public string Key { get; init; } = "/etc/grid-security/hostkey.pem";

    /// <summary>
    /// Folder of trusted CAs and CRLs in IGTF layout: signatures are checked with these; TLS to AMS trusts the system's
    /// CAs and these. Default <c>/etc/grid-security/certificates</c>.
    /// </summary>
    [LocalPath(PathUse.Folder)]
    public string Trust { get; init; } = "/etc/grid-security/certificates";

    /// <summary>The ARGO Messaging Service.</summary>
    public AmsConfig Ams { get; init; } = new();

    /// <summary>Where each kind of message goes.</summary>
    public QueuesConfig Queues { get; init; } = new();
}

/// <summary>The ARGO Messaging Service.</summary>
public sealed record AmsConfig
{
    /// <summary>Host name without scheme. Default <c>msg.argo.grnet.gr</c>.</summary>
    [RegularExpression("[A-Za-z0-9._-]{1,253}", ErrorMessage = "a host name, without https://, port and path")]
    public string Host { get; init; } = "msg.argo.grnet.gr";

    /// <summary>Port of the messaging API. Default 443.</summary>
    [Range(1, 65535)]
    public int Port { get; init; } = 443;

    /// <summary>Port of the service that exchanges a certificate for a token. Default 8443.</summary>
    [Range(1, 65535)]
    public int AuthPort { get; init; } = 8443;

    /// <summary>AMS project. Default <c>accounting</c>.</summary>
    [RegularExpression("[A-Za-z0-9_-]+", ErrorMessage = "letters, digits, `-` and `_` (AMS takes no dots)")]
    public string Project { get; init; } = "accounting";

    /// <summary>Secret. A token to use instead of the exchange by certificate.</summary>
    [Secret]
    public string? Token { get; init; }
}

/// <summary>The queues, by name.</summary>
public sealed record QueuesConfig
{
    /// <summary>Cloud, accelerator and public IP records.</summary>
    public QueueConfig Cloud { get; init; } =
        new() { Spool = "/var/spool/apel/outgoing/openstack", Topic = "eu-egi-cloud-accounting" };

    /// <summary>Block storage records.</summary>
    public QueueConfig Storage { get; init; } =
        new() { Spool = "/var/spool/apel/outgoing/storage", Topic = "eu-egi-storage-accounting" };
}

/// <summary>One queue: a spool folder and the topic that it is sent to.</summary>
public sealed record QueueConfig
{
    /// <summary>Folder in the layout of SSM's <c>dirq</c>; may be shared with other programs of the site.</summary>
    [LocalPath(PathUse.Made)]
    public required string Spool { get; init; }

    /// <summary>AMS topic; letters, digits, <c>-</c> and <c>_</c>.</summary>
    [RegularExpression("[A-Za-z0-9_-]+", ErrorMessage = "letters, digits, `-` and `_` (AMS takes no dots)")]
    public required string Topic { get; init; }

    /// <summary>Records in a message at most, 1 to 1000. Default 100.</summary>
    [Range(1, 1000)]
    public int Records { get; init; } = 100;

    /// <summary>
    /// Size of a message's text at most, for instance <c>700kB</c>, from 1 kB to 745 kB: signed and encoded, AMS must
    /// take it. Default 700 kB.
    /// </summary>
    [Range(1_000, 745_000)]
    public ByteSize Bytes { get; init; } = new(700_000);
}
