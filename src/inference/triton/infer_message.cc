#include "inference/triton/infer_message.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "inference/tensor_layout.h"
#include "inference/triton/model_contract.h"

namespace reelbatch::inference {
namespace {

using contracts::BatchFailure;
using contracts::ElementType;
using contracts::FailureClass;
using contracts::Tensor;
using contracts::TensorSpec;
using Output = ::inference::ModelInferResponse::InferOutputTensor;

bool HasBatch(const TensorSpec& spec) { return !spec.shape.empty() && spec.shape[0] == -1; }

/// Of a tensor of that shape; none: a negative size, or more bytes than there can be.
std::optional<size_t> BytesOf(ElementType type, std::span<const int64_t> shape) {
  int64_t bytes = static_cast<int64_t>(contracts::ElementBytes(type));
  for (const int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(bytes, size, &bytes)) return std::nullopt;
  }
  return static_cast<size_t>(bytes);
}

std::optional<std::string> WrongInput(const TensorSpec& spec, const Tensor& input) {
  const auto wrong = [&](std::string_view field, auto is, auto wanted) {
    return fmt::format("input '{}': {} is {}, but must be {}", spec.name, field, is, wanted);
  };
  if (input.name != spec.name)
    return wrong("its name", "'" + input.name + "'", "'" + spec.name + "'");
  if (input.type != spec.type)
    return wrong("type", contracts::ElementTypeName(input.type),
                 contracts::ElementTypeName(spec.type));
  bool fits = input.shape.size() == spec.shape.size();
  for (size_t k = 0; fits && k < spec.shape.size(); ++k)
    fits = spec.shape[k] == -1 || spec.shape[k] == input.shape[k];
  if (!fits) {
    return wrong("shape", fmt::format("[{}]", fmt::join(input.shape, ",")),
                 fmt::format("[{}]", fmt::join(spec.shape, ",")));
  }
  const auto bytes = BytesOf(input.type, input.shape);
  if (!bytes || *bytes != input.bytes.size())
    return wrong("the number of bytes", input.bytes.size(), bytes.value_or(0));
  return std::nullopt;
}

void SetParameters(google::protobuf::Map<std::string, ::inference::InferParameter>& parameters,
                   const std::string& region, size_t offset, size_t bytes) {
  parameters["shared_memory_region"].set_string_param(region);
  parameters["shared_memory_byte_size"].set_int64_param(static_cast<int64_t>(bytes));
  if (offset > 0) parameters["shared_memory_offset"].set_int64_param(static_cast<int64_t>(offset));
}

/// All but the bytes.
::inference::ModelInferRequest Head(const contracts::ModelDescription& model,
                                    const std::string& version, std::span<const Tensor> inputs) {
  ::inference::ModelInferRequest request;
  request.set_model_name(model.used.model_name);
  request.set_model_version(version);
  for (const Tensor& input : inputs) {
    auto& tensor = *request.add_inputs();
    tensor.set_name(input.name);
    tensor.set_datatype(std::string(DatatypeOf(input.type)));
    for (const int64_t size : input.shape) tensor.add_shape(size);
  }
  for (const TensorSpec& output : model.outputs) request.add_outputs()->set_name(output.name);
  return request;
}

std::unexpected<BatchFailure> Bad(const TensorSpec& spec, std::string what) {
  return std::unexpected(BatchFailure{.failure = FailureClass::kBadResponse,
                                      .evidence = fmt::format("output '{}': {}", spec.name, what)});
}

template <class Wide, class Values>
std::string Packed(const Values& values) {
  std::string bytes;
  bytes.reserve(static_cast<size_t>(values.size()) * sizeof(Wide));
  for (const auto value : values) {
    const Wide wide = static_cast<Wide>(value);
    bytes.append(reinterpret_cast<const char*>(&wide), sizeof wide);
  }
  return bytes;
}

/// Of an output that came in the message's typed fields: servers other than Triton may do that.
std::string TypedBytes(ElementType type, const ::inference::InferTensorContents& contents) {
  switch (type) {
    case ElementType::kFloat32:
      return Packed<float>(contents.fp32_contents());
    case ElementType::kInt32:
      return Packed<int32_t>(contents.int_contents());
    case ElementType::kInt64:
      return Packed<int64_t>(contents.int64_contents());
    default:  // kUint8: models have no others
      return Packed<uint8_t>(contents.uint_contents());
  }
}

bool HasNan(std::string_view bytes) {
  size_t count = 0;
  for (size_t at = 0; at + sizeof(float) <= bytes.size(); at += sizeof(float)) {
    float value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    count += value != value ? 1U : 0U;
  }
  return count > 0;
}

bool ShapeIsGiven(const TensorSpec& spec, const std::vector<int64_t>& shape, int64_t batch,
                  bool batched) {
  if (shape.size() != spec.shape.size()) return false;
  for (size_t k = 0; k < shape.size(); ++k) {
    const bool is_batch = k == 0 && batched && spec.shape[k] == -1;
    if (is_batch ? shape[k] != batch : spec.shape[k] != -1 && spec.shape[k] != shape[k])
      return false;
  }
  return true;
}

/// The response's output of that name, without its bytes.
std::expected<std::pair<int, Tensor>, BatchFailure> FindOutput(
    const TensorSpec& spec, int64_t batch, bool batched,
    const ::inference::ModelInferResponse& response) {
  const auto& outputs = response.outputs();
  const auto found =
      std::ranges::find(outputs, spec.name, [](const Output& output) { return output.name(); });
  if (found == outputs.end()) return Bad(spec, "is not in the answer");
  const std::vector<int64_t> shape(found->shape().begin(), found->shape().end());
  if (found->datatype() != DatatypeOf(spec.type)) {
    return Bad(spec,
               fmt::format("type is {}, but must be {}", found->datatype(), DatatypeOf(spec.type)));
  }
  if (!ShapeIsGiven(spec, shape, batch, batched)) {
    return Bad(spec, fmt::format("shape is [{}], but must be [{}] for {} units",
                                 fmt::join(shape, ","), fmt::join(spec.shape, ","), batch));
  }
  return std::pair(static_cast<int>(found - outputs.begin()),
                   Tensor{.name = spec.name, .type = spec.type, .shape = shape, .bytes = {}});
}

}  // namespace

std::expected<int64_t, std::string> BatchOf(const contracts::ModelDescription& model,
                                            std::span<const Tensor> inputs) {
  if (inputs.size() != model.inputs.size()) {
    return std::unexpected(fmt::format("there are {} inputs, but the model needs {}", inputs.size(),
                                       model.inputs.size()));
  }
  std::optional<int64_t> batch;
  for (size_t k = 0; k < inputs.size(); ++k) {
    if (auto wrong = WrongInput(model.inputs[k], inputs[k]))
      return std::unexpected(std::move(*wrong));
    if (!HasBatch(model.inputs[k])) continue;
    if (inputs[k].shape[0] < 1)
      return std::unexpected(fmt::format("input '{}': has no units", inputs[k].name));
    if (batch && *batch != inputs[k].shape[0]) {
      return std::unexpected(fmt::format("input '{}': has {} units, but other inputs have {}",
                                         inputs[k].name, inputs[k].shape[0], *batch));
    }
    batch = inputs[k].shape[0];
  }
  return batch.value_or(1);
}

RegionLayout LayOut(const contracts::ModelDescription& model, std::span<const Tensor> inputs,
                    int64_t batch) {
  RegionLayout layout;
  for (const Tensor& input : inputs) {
    layout.inputs.push_back(layout.bytes);
    layout.bytes += Aligned(input.bytes.size());
  }
  const size_t of_inputs = layout.bytes;
  const bool batched = std::ranges::any_of(model.inputs, HasBatch);
  for (const TensorSpec& output : model.outputs) {
    std::vector<int64_t> shape = output.shape;
    if (batched && HasBatch(output)) shape[0] = batch;
    const auto bytes = BytesOf(output.type, shape);
    if (!bytes) {
      layout.outputs.clear();
      layout.output_bytes.clear();
      layout.bytes = of_inputs;
      break;
    }
    layout.outputs.push_back(layout.bytes);
    layout.output_bytes.push_back(*bytes);
    layout.bytes += Aligned(*bytes);
  }
  return layout;
}

::inference::ModelInferRequest RequestWithBytes(const contracts::ModelDescription& model,
                                                const std::string& version,
                                                std::span<const Tensor> inputs) {
  auto request = Head(model, version, inputs);
  for (const Tensor& input : inputs) request.add_raw_input_contents(input.bytes);
  return request;
}

::inference::ModelInferRequest RequestInRegion(const contracts::ModelDescription& model,
                                               const std::string& version,
                                               std::span<const Tensor> inputs,
                                               const RegionLayout& layout, const std::string& name,
                                               std::span<char> region) {
  auto request = Head(model, version, inputs);
  for (size_t k = 0; k < inputs.size(); ++k) {
    std::ranges::copy(inputs[k].bytes, region.subspan(layout.inputs[k]).begin());
    SetParameters(*request.mutable_inputs(static_cast<int>(k))->mutable_parameters(), name,
                  layout.inputs[k], inputs[k].bytes.size());
  }
  for (size_t k = 0; k < layout.outputs.size(); ++k) {
    SetParameters(*request.mutable_outputs(static_cast<int>(k))->mutable_parameters(), name,
                  layout.outputs[k], layout.output_bytes[k]);
    // An output that the server does not write must not be that of an earlier batch: all ones are
    // NaN, where there is one.
    std::ranges::fill(region.subspan(layout.outputs[k], layout.output_bytes[k]), '\xFF');
  }
  return request;
}

std::expected<std::vector<Tensor>, BatchFailure> ReadOutputs(
    const contracts::ModelDescription& model, const std::string& version, int64_t batch,
    ::inference::ModelInferResponse& response, const RegionLayout& layout,
    std::span<const char> region) {
  if (!version.empty() && !response.model_version().empty() &&
      response.model_version() != version) {
    return std::unexpected(BatchFailure{
        .failure = FailureClass::kBadResponse,
        .evidence = fmt::format(
            "the server answered with version {} of the model, but version {} was requested",
            response.model_version(), version)});
  }
  const bool batched = std::ranges::any_of(model.inputs, HasBatch);
  const bool in_region = !region.empty() && !layout.outputs.empty();
  std::vector<Tensor> outputs;
  for (size_t k = 0; k < model.outputs.size(); ++k) {
    const TensorSpec& spec = model.outputs[k];
    auto found = FindOutput(spec, batch, batched, response);
    if (!found) return std::unexpected(std::move(found.error()));
    auto& [index, tensor] = *found;
    const bool in_message = index < response.raw_output_contents_size();
    if (in_region && (!in_message || response.raw_output_contents(index)
                                         .empty())) {  // Triton says nothing of where it put them
      const auto bytes = region.subspan(layout.outputs[k], layout.output_bytes[k]);
      tensor.bytes.assign(bytes.begin(), bytes.end());
    } else if (in_message) {
      tensor.bytes = std::move(*response.mutable_raw_output_contents(index));
    } else {
      tensor.bytes = TypedBytes(spec.type, response.outputs(index).contents());
    }
    const auto bytes = BytesOf(spec.type, tensor.shape);
    if (!bytes || tensor.bytes.size() != *bytes) {
      return Bad(spec, fmt::format("has {} bytes, but its shape needs {}", tensor.bytes.size(),
                                   bytes.value_or(0)));
    }
    if (spec.type == ElementType::kFloat32 && HasNan(tensor.bytes)) {
      return std::unexpected(
          BatchFailure{.failure = FailureClass::kInput,
                       .evidence = fmt::format("output '{}': holds NaN", spec.name)});
    }
    outputs.push_back(std::move(tensor));
  }
  return outputs;
}

}  // namespace reelbatch::inference
