using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Network;

[JsonSerializable(typeof(FloatingIp))]
internal sealed partial class NetworkJson : JsonSerializerContext;
