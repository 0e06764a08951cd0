using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Network;

[JsonSerializable(typeof(FloatingIp))]
[JsonSerializable(typeof(Port))]
[JsonSerializable(typeof(CloudNetwork))]
internal sealed partial class NetworkJson : JsonSerializerContext;
