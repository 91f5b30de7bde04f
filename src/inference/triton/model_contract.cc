#include "inference/triton/model_contract.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>
#include <vector>

namespace reelbatch::inference {
namespace {

using base::Code;
using contracts::ElementType;
using contracts::TensorSpec;
using Served = ::inference::ModelMetadataResponse::TensorMetadata;

constexpr std::array<std::pair<ElementType, std::string_view>, 4> kTypes = {
    {{ElementType::kFloat32, "FP32"},
     {ElementType::kInt32, "INT32"},
     {ElementType::kInt64, "INT64"},
     {ElementType::kUint8, "UINT8"}}};

std::vector<int64_t> ShapeOf(const Served& tensor) {
  return {tensor.shape().begin(), tensor.shape().end()};
}

template <class Tensors>
const Served* Find(const Tensors& tensors, const std::string& name) {
  const auto found =
      std::ranges::find(tensors, name, [](const Served& tensor) { return tensor.name(); });
  return found == tensors.end() ? nullptr : &*found;
}

template <class Tensors>
std::string NamesOf(const Tensors& tensors) {
  std::vector<std::string> names;
  for (const Served& tensor : tensors) names.push_back("'" + tensor.name() + "'");
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

base::Result<TensorSpec> SpecOf(const Served& tensor, const std::string& where) {
  const auto type = ElementTypeOf(tensor.datatype());
  if (!type) {
    return base::Fail(
        Code::kContract,
        fmt::format("datatype is {}, but reelbatch supports FP32, INT32, INT64 and UINT8 only",
                    tensor.datatype()),
        where);
  }
  return TensorSpec{.name = tensor.name(), .type = *type, .shape = ShapeOf(tensor)};
}

/// Whether a tensor of the shape `ours` (-1: any size) is one that the server's model takes or
/// gives. A model that is made for one unit serves where batches are wanted, one at a time.
bool ShapeFits(const std::vector<int64_t>& served, const std::vector<int64_t>& ours) {
  if (served.size() != ours.size()) return false;
  for (size_t k = 0; k < ours.size(); ++k) {
    const bool one_unit = k == 0 && ours[k] == -1 && served[k] == 1;
    if (served[k] != -1 && served[k] != ours[k] && !one_unit) return false;
  }
  return true;
}

base::Status CheckTensor(const Served& served, const TensorSpec& ours, const std::string& where) {
  if (served.datatype() != DatatypeOf(ours.type)) {
    return base::Fail(
        Code::kContract,
        fmt::format("datatype is {}, but must be {}", served.datatype(), DatatypeOf(ours.type)),
        where);
  }
  if (!ShapeFits(ShapeOf(served), ours.shape)) {
    return base::Fail(Code::kContract,
                      fmt::format("shape is [{}], but must be [{}]",
                                  fmt::join(ShapeOf(served), ","), fmt::join(ours.shape, ",")),
                      where);
  }
  return {};
}

/// The server's `tensors` against `wanted`. `kind` is "input" or "output".
template <class Tensors>
base::Status CheckTensors(const Tensors& tensors, const std::vector<TensorSpec>& wanted,
                          const std::string& model, std::string_view kind) {
  for (const TensorSpec& ours : wanted) {
    const Served* const served = Find(tensors, ours.name);
    if (served == nullptr) {
      return base::Fail(Code::kContract,
                        fmt::format("the model has no tensor of that name; its {}s are: {}", kind,
                                    NamesOf(tensors)),
                        fmt::format("{}, {} '{}'", model, kind, ours.name));
    }
    if (auto ok = CheckTensor(*served, ours, fmt::format("{}, {} '{}'", model, kind, ours.name));
        !ok)
      return ok;
  }
  return {};
}

/// The tensors of the description: as expected where something is, as the server says elsewhere.
base::Status FillTensors(const ServedModel& served,
                         const std::optional<contracts::ModelDescription>& expected,
                         contracts::ModelDescription& described) {
  const auto& metadata = served.metadata;
  const std::string model = "model " + metadata.name();
  const bool silent = metadata.inputs().empty() &&
                      metadata.outputs().empty();  // mlserver, of a model that declares nothing
  if (silent && !expected)
    return base::Fail(Code::kContract, "the server does not describe the tensors of the model",
                      model);
  if (expected) {
    described.inputs = expected->inputs;
    described.outputs = expected->outputs;
    if (silent) return {};
    if (auto ok = CheckTensors(metadata.inputs(), expected->inputs, model, "input"); !ok) return ok;
    for (const Served& input : metadata.inputs()) {
      if (std::ranges::find(expected->inputs, input.name(), &TensorSpec::name) ==
          expected->inputs.end()) {
        return base::Fail(Code::kContract,
                          "the model needs this input, but the component does not provide it",
                          fmt::format("{}, input '{}'", model, input.name()));
      }
    }
    return CheckTensors(metadata.outputs(), expected->outputs, model, "output");
  }
  for (const Served& input : metadata.inputs()) {
    auto spec = SpecOf(input, fmt::format("{}, input '{}'", model, input.name()));
    if (!spec) return std::unexpected(std::move(spec.error()));
    described.inputs.push_back(std::move(*spec));
  }
  for (const Served& output : metadata.outputs()) {
    auto spec = SpecOf(output, fmt::format("{}, output '{}'", model, output.name()));
    if (!spec) return std::unexpected(std::move(spec.error()));
    described.outputs.push_back(std::move(*spec));
  }
  return {};
}

/// Whether some input has a batch for us and one unit only for the server.
bool TakesOneUnit(const ServedModel& served, const std::vector<TensorSpec>& inputs) {
  return std::ranges::any_of(inputs, [&](const TensorSpec& ours) {
    const Served* const tensor = Find(served.metadata.inputs(), ours.name);
    return tensor != nullptr && !ours.shape.empty() && ours.shape[0] == -1 &&
           tensor->shape_size() > 0 && tensor->shape(0) == 1;
  });
}

/// "cpu", "cuda:0", "cuda" for several, "unknown".
std::string DeviceOf(const ::inference::ModelConfig& config) {
  std::string device = "unknown";
  for (const auto& group : config.instance_group()) {
    std::string one = "unknown";
    if (group.kind() == ::inference::ModelInstanceGroup::KIND_CPU) one = "cpu";
    if (group.kind() == ::inference::ModelInstanceGroup::KIND_GPU) {
      one = group.gpus_size() == 1 ? fmt::format("cuda:{}", group.gpus(0)) : "cuda";
    }
    if (device != "unknown" && device != one)
      return one.starts_with("cuda") && device.starts_with("cuda") ? "cuda" : "unknown";
    device = std::move(one);
  }
  return device;
}

/// What the deployment says in the model's config, `otherwise` where it says nothing.
std::string Declared(const ServedModel& served, const std::string& field,
                     const std::string& otherwise) {
  if (!served.config) return otherwise;
  const auto found = served.config->parameters().find(field);
  return found == served.config->parameters().end() || found->second.string_value().empty()
             ? otherwise
             : found->second.string_value();
}

std::string EngineOf(const ServedModel& served) {
  if (served.config && !served.config->backend().empty()) return served.config->backend();
  if (!served.metadata.platform().empty()) return served.metadata.platform();
  return "unknown";
}

std::optional<int64_t> NumberOf(std::string_view text) {
  int64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string_view DatatypeOf(ElementType type) {
  return std::ranges::find(kTypes, type, &std::pair<ElementType, std::string_view>::first)->second;
}

std::optional<ElementType> ElementTypeOf(std::string_view datatype) {
  const auto* const found =
      std::ranges::find(kTypes, datatype, &std::pair<ElementType, std::string_view>::second);
  if (found == kTypes.end()) return std::nullopt;
  return found->first;
}

std::string PinnedVersion(const ::inference::ModelMetadataResponse& metadata,
                          const std::string& wanted) {
  if (!wanted.empty() || metadata.versions().empty()) return wanted;
  return *std::ranges::max_element(metadata.versions(), {}, [](const std::string& version) {
    return NumberOf(version).value_or(-1);
  });
}

base::Result<contracts::ModelDescription> DescribeServed(
    const ServedModel& served, const std::string& version,
    const std::optional<contracts::ModelDescription>& expected) {
  contracts::ModelDescription described;
  if (auto ok = FillTensors(served, expected, described); !ok)
    return std::unexpected(std::move(ok.error()));
  const std::string first_type =
      described.inputs.empty() ? "unknown"
                               : std::string(contracts::ElementTypeName(described.inputs[0].type));
  described.max_batch = served.config ? std::max(served.config->max_batch_size(), 0) : 0;
  if (TakesOneUnit(served, described.inputs)) described.max_batch = 1;
  described.used = {.model_name = served.metadata.name(),
                    .model_version = version.empty() ? "unknown" : version,
                    .weights_digest = Declared(served, "weights_digest", "provided_by_deploy"),
                    .runtime = "triton",
                    .engine = EngineOf(served),
                    .precision = Declared(served, "precision", first_type),
                    .device = served.config ? DeviceOf(*served.config) : "unknown"};
  const std::string& digest = described.used.weights_digest;
  if (expected && expected->used.weights_digest.starts_with("sha256:") &&
      digest.starts_with("sha256:") && expected->used.weights_digest != digest) {
    return base::Fail(
        Code::kContract,
        fmt::format("weights_digest is {}, but must be {}: the server has other weights", digest,
                    expected->used.weights_digest),
        "model " + served.metadata.name());
  }
  return described;
}

}  // namespace reelbatch::inference
