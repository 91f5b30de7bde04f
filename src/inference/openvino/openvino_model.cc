#include "inference/openvino/openvino_model.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <openvino/openvino.hpp>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace reelbatch::inference {
namespace {

using contracts::BatchFailure;
using contracts::ElementType;
using contracts::FailureClass;
using contracts::Tensor;
using contracts::TensorSpec;

/// A NaN that no arithmetic makes: its payload is ours.
constexpr uint32_t kUnwritten = 0x7FC5EED5;

ov::element::Type OvType(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
      return ov::element::f32;
    case ElementType::kInt32:
      return ov::element::i32;
    case ElementType::kInt64:
      return ov::element::i64;
    default:  // kUint8: models have no others
      return ov::element::u8;
  }
}

ov::Shape ShapeOf(const TensorSpec& spec, size_t batch) {
  ov::Shape shape;
  for (const int64_t size : spec.shape)
    shape.push_back(size < 0 ? batch : static_cast<size_t>(size));
  return shape;
}

std::unexpected<BatchFailure> Failed(FailureClass failure, std::string evidence) {
  return std::unexpected(BatchFailure{.failure = failure, .evidence = std::move(evidence)});
}

/// What the engine did not do, or should not have; none: all is well.
std::optional<BatchFailure> CheckFloats(const Tensor& tensor) {
  bool not_a_number = false;
  for (size_t at = 0; at + sizeof(float) <= tensor.bytes.size(); at += sizeof(float)) {
    uint32_t bits = 0;
    std::memcpy(&bits, tensor.bytes.data() + at, sizeof bits);
    if (bits == kUnwritten) {
      return BatchFailure{
          .failure = FailureClass::kHostMemory,
          .evidence = fmt::format(
              "OpenVINO left output '{}' unwritten, as it does when memory runs out", tensor.name)};
    }
    not_a_number = not_a_number || std::isnan(std::bit_cast<float>(bits));
  }
  if (!not_a_number) return std::nullopt;
  return BatchFailure{
      .failure = FailureClass::kInput,
      .evidence = fmt::format("output '{}' has values that are not numbers", tensor.name)};
}

class OpenVinoModel final : public Model {
 public:
  OpenVinoModel(ov::CompiledModel compiled, contracts::ModelDescription description)
      : compiled_(std::move(compiled)), description_(std::move(description)) {}

  const contracts::ModelDescription& description() const override { return description_; }

  std::expected<std::vector<Tensor>, BatchFailure> Infer(std::span<const Tensor> inputs) override {
    if (auto wrong = Check(inputs)) return Failed(FailureClass::kBadRequest, *wrong);
    try {
      ov::InferRequest request = Take();
      auto outputs = Run(request, inputs);
      // After a failure it may hold half of what it needs.
      if (outputs) GiveBack(std::move(request));
      return outputs;
    } catch (const std::bad_alloc&) {
      return Failed(FailureClass::kHostMemory, "std::bad_alloc");
    } catch (const std::exception& error) {
      return Failed(contracts::ClassifyMemoryText(error.what(), 0).value_or(FailureClass::kOther),
                    error.what());
    }
  }

  void Restart() override {
    std::vector<ov::InferRequest> gone;
    {
      base::MutexLock lock(mutex_);
      gone.swap(requests_);
    }
    gone.clear();
    try {
      compiled_.release_memory();
    } catch (const std::exception&) {
      // What it could not give back, the next batch finds taken and fails.
    }
  }

 private:
  /// What is wrong with them; none: nothing.
  std::optional<std::string> Check(std::span<const Tensor> inputs) const {
    if (inputs.size() != description_.inputs.size()) {
      return fmt::format("{} tensors for {} inputs", inputs.size(), description_.inputs.size());
    }
    if (inputs.front().shape.empty() || inputs.front().shape.front() < 1)
      return fmt::format("'{}' has no batch", inputs.front().name);
    const auto batch = static_cast<size_t>(inputs.front().shape.front());
    for (size_t k = 0; k < inputs.size(); ++k) {
      const TensorSpec& spec = description_.inputs[k];
      const Tensor& tensor = inputs[k];
      const ov::Shape wanted = ShapeOf(spec, batch);
      const bool same =
          tensor.name == spec.name && tensor.type == spec.type &&
          std::ranges::equal(tensor.shape, wanted) &&
          tensor.bytes.size() == ov::shape_size(wanted) * contracts::ElementBytes(spec.type);
      if (!same)
        return fmt::format("input {} is not '{}' of {} for a batch of {}", k, spec.name,
                           contracts::ElementTypeName(spec.type), batch);
    }
    return std::nullopt;
  }

  /// Requests hold the memory of the largest batch that they ran: one is shared by all sizes, so
  /// that little is held.
  ov::InferRequest Take() {
    {
      base::MutexLock lock(mutex_);
      if (!requests_.empty()) {
        ov::InferRequest request = std::move(requests_.back());
        requests_.pop_back();
        return request;
      }
    }
    return compiled_.create_infer_request();
  }

  void GiveBack(ov::InferRequest request) {
    base::MutexLock lock(mutex_);
    requests_.push_back(std::move(request));
  }

  std::expected<std::vector<Tensor>, BatchFailure> Run(ov::InferRequest& request,
                                                       std::span<const Tensor> inputs) const {
    const auto batch = static_cast<size_t>(inputs.front().shape.front());
    for (size_t k = 0; k < inputs.size(); ++k) {
      // The engine reads inputs and never writes to them.
      auto* const bytes = const_cast<char*>(inputs[k].bytes.data());
      request.set_tensor(description_.inputs[k].name,
                         ov::Tensor(OvType(inputs[k].type), ShapeOf(description_.inputs[k], batch),
                                    static_cast<void*>(bytes)));
    }
    std::vector<Tensor> outputs;
    for (const TensorSpec& spec : description_.outputs) {
      const ov::Shape shape = ShapeOf(spec, batch);
      Tensor output{.name = spec.name, .type = spec.type, .shape = {shape.begin(), shape.end()}};
      output.bytes.resize(ov::shape_size(shape) * contracts::ElementBytes(spec.type));
      for (size_t at = 0; spec.type == ElementType::kFloat32 && at < output.bytes.size();
           at += sizeof kUnwritten) {
        std::memcpy(output.bytes.data() + at, &kUnwritten, sizeof kUnwritten);
      }
      outputs.push_back(std::move(output));
    }
    for (size_t k = 0; k < outputs.size(); ++k) {
      request.set_tensor(outputs[k].name, ov::Tensor(OvType(outputs[k].type),
                                                     ShapeOf(description_.outputs[k], batch),
                                                     static_cast<void*>(outputs[k].bytes.data())));
    }
    request.infer();
    for (size_t k = 0; k < outputs.size(); ++k) {
      const ov::Tensor given = request.get_tensor(outputs[k].name);
      if (given.data() != outputs[k].bytes.data()) {
        return Failed(
            FailureClass::kBadResponse,
            fmt::format("output '{}' has another shape than model.json says", outputs[k].name));
      }
      if (outputs[k].type != ElementType::kFloat32) continue;
      if (auto failure = CheckFloats(outputs[k])) return std::unexpected(std::move(*failure));
    }
    return outputs;
  }

  ov::CompiledModel compiled_;
  const contracts::ModelDescription description_;
  base::Mutex mutex_;
  std::vector<ov::InferRequest> requests_ GUARDED_BY(mutex_);
};

/// What differs between the graph and model.json; none: nothing.
std::optional<std::string> Difference(const std::vector<ov::Output<ov::Node>>& ports,
                                      const std::vector<TensorSpec>& specs) {
  if (ports.size() != specs.size())
    return fmt::format("the graph has {} of them, model.json {}", ports.size(), specs.size());
  for (const TensorSpec& spec : specs) {
    const auto port = std::ranges::find_if(
        ports, [&](const auto& one) { return one.get_names().contains(spec.name); });
    if (port == ports.end()) return fmt::format("'{}': the graph has none of that name", spec.name);
    if (port->get_element_type() != OvType(spec.type)) {
      return fmt::format("'{}': type is {} in the graph, {} in model.json", spec.name,
                         port->get_element_type().to_string(),
                         contracts::ElementTypeName(spec.type));
    }
    ov::PartialShape shape;
    for (size_t k = 0; k < spec.shape.size(); ++k) {
      if (k > 0 && spec.shape[k] < 0)
        return fmt::format("'{}': only the first dimension, the batch, may be of any size",
                           spec.name);
      shape.push_back(spec.shape[k] < 0 ? ov::Dimension::dynamic() : ov::Dimension(spec.shape[k]));
    }
    if (port->get_partial_shape() != shape) {
      return fmt::format("'{}': shape is {} in the graph, {} in model.json", spec.name,
                         port->get_partial_shape().to_string(), shape.to_string());
    }
  }
  return std::nullopt;
}

}  // namespace

bool OpenVinoIsBuiltIn() { return true; }

std::string OpenVinoEngine() {
  const std::string build = ov::get_openvino_version().buildNumber;
  return "openvino " + build.substr(0, build.find('-'));
}

base::Result<std::unique_ptr<Model>> OpenOpenVino(const ModelFolder& folder,
                                                  const OpenVinoOptions& options) {
  const auto files_digest = CheckFiles(folder);
  if (!files_digest) return std::unexpected(files_digest.error());
  try {
    ov::Core core;
    const std::shared_ptr<ov::Model> graph = core.read_model(folder.graph().native());
    for (const auto& [kind, difference] :
         {std::pair("inputs", Difference(graph->inputs(), folder.description.inputs)),
          std::pair("outputs", Difference(graph->outputs(), folder.description.outputs))}) {
      if (difference)
        return base::Fail(base::Code::kContract, *difference,
                          fmt::format("{}: {}", folder.graph().string(), kind));
    }
    ov::CompiledModel compiled = core.compile_model(
        graph, "CPU", ov::hint::inference_precision(ov::element::f32),
        ov::num_streams(options.lanes), ov::inference_num_threads(options.threads * options.lanes),
        ov::hint::enable_cpu_pinning(false));
    contracts::ModelDescription description = folder.description;
    description.used.runtime = "inprocess";
    description.used.engine = OpenVinoEngine();
    description.used.device = "cpu";
    description.used.files_digest = *files_digest;
    return std::make_unique<OpenVinoModel>(std::move(compiled), std::move(description));
  } catch (const std::bad_alloc&) {
    return base::Fail(base::Code::kOutOfMemory, "no memory to load it", folder.path.string());
  } catch (const std::exception& error) {
    return base::Fail(base::Code::kCorrupt,
                      fmt::format("OpenVINO cannot load it: {}", error.what()),
                      folder.graph().string());
  }
}

}  // namespace reelbatch::inference
