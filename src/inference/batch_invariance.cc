#include "inference/batch_invariance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <utility>

namespace reelbatch::inference {
namespace {

using contracts::ElementType;
using contracts::Tensor;

/// Units [first, first + count) of tensors whose first dimension is the batch.
std::vector<Tensor> Slice(const std::vector<Tensor>& tensors, size_t first, size_t count) {
  std::vector<Tensor> slices;
  for (const Tensor& tensor : tensors) {
    const size_t unit = tensor.bytes.size() / static_cast<size_t>(tensor.shape.front());
    Tensor slice{.name = tensor.name,
                 .type = tensor.type,
                 .shape = tensor.shape,
                 .bytes = tensor.bytes.substr(first * unit, count * unit)};
    slice.shape.front() = static_cast<int64_t>(count);
    slices.push_back(std::move(slice));
  }
  return slices;
}

template <class T>
double LargestDifference(const std::string& a, const std::string& b) {
  double largest = 0;
  for (size_t at = 0; at + sizeof(T) <= a.size(); at += sizeof(T)) {
    T one{};
    T other{};
    std::memcpy(&one, a.data() + at, sizeof one);
    std::memcpy(&other, b.data() + at, sizeof other);
    largest = std::max(largest, std::abs(static_cast<double>(one) - static_cast<double>(other)));
  }
  return largest;
}

double Difference(const Tensor& a, const Tensor& b) {
  if (a.bytes == b.bytes) return 0;
  if (a.type != b.type || a.bytes.size() != b.bytes.size())
    return std::numeric_limits<double>::infinity();
  switch (a.type) {
    case ElementType::kFloat32:
      return LargestDifference<float>(a.bytes, b.bytes);
    case ElementType::kInt32:
      return LargestDifference<int32_t>(a.bytes, b.bytes);
    case ElementType::kInt64:
      return LargestDifference<int64_t>(a.bytes, b.bytes);
    default:  // kUint8: models have no others
      return LargestDifference<uint8_t>(a.bytes, b.bytes);
  }
}

base::Result<std::vector<Tensor>> Run(Model& model, const std::vector<Tensor>& inputs,
                                      size_t size) {
  auto outputs = model.Infer(inputs);
  if (outputs) return std::move(*outputs);
  const bool memory = contracts::IsOutOfMemory(outputs.error().failure);
  return base::Fail(
      memory ? base::Code::kOutOfMemory : base::Code::kInternal,
      fmt::format("a batch of {} units failed ({}): {}", size,
                  contracts::FailureClassName(outputs.error().failure), outputs.error().evidence),
      model.description().used.model_name);
}

}  // namespace

std::vector<Tensor> RandomUnits(const contracts::ModelDescription& description, int batch,
                                uint32_t seed) {
  std::mt19937 dice(seed);
  std::vector<Tensor> tensors;
  for (const contracts::TensorSpec& spec : description.inputs) {
    Tensor tensor{.name = spec.name, .type = spec.type, .shape = spec.shape};
    tensor.shape.front() = batch;
    const auto count = static_cast<size_t>(contracts::ElementCount(tensor.shape));
    tensor.bytes.resize(count * contracts::ElementBytes(spec.type));
    for (size_t k = 0; k < count && spec.type == ElementType::kFloat32; ++k) {
      constexpr float kHalf = 2147483648.0F;
      const float value = static_cast<float>(dice()) / kHalf - 1;
      std::memcpy(tensor.bytes.data() + k * sizeof value, &value, sizeof value);
    }
    for (size_t k = 0; k < tensor.bytes.size() && spec.type != ElementType::kFloat32; ++k)
      tensor.bytes[k] = static_cast<char>(dice());
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

base::Result<std::vector<BatchVariance>> CompareBatches(Model& model, std::span<const int> sizes,
                                                        uint32_t seed) {
  const int most = std::max(1, *std::ranges::max_element(sizes));
  const std::vector<Tensor> inputs = RandomUnits(model.description(), most, seed);
  std::vector<std::vector<Tensor>> alone;
  for (size_t unit = 0; std::cmp_less(unit, most); ++unit) {
    auto outputs = Run(model, Slice(inputs, unit, 1), 1);
    if (!outputs) return std::unexpected(outputs.error());
    alone.push_back(std::move(*outputs));
  }
  std::vector<BatchVariance> variances;
  for (const contracts::TensorSpec& spec : model.description().outputs)
    variances.push_back({.output = spec.name});
  for (const int size : sizes) {
    const auto outputs =
        Run(model, Slice(inputs, 0, static_cast<size_t>(size)), static_cast<size_t>(size));
    if (!outputs) return std::unexpected(outputs.error());
    for (size_t unit = 0; std::cmp_less(unit, size); ++unit) {
      const auto own = Slice(*outputs, unit, 1);
      for (size_t k = 0; k < variances.size(); ++k) {
        const double difference = Difference(own[k], alone[unit][k]);
        if (difference > variances[k].largest)
          variances[k] = {.output = variances[k].output, .batch = size, .largest = difference};
      }
    }
  }
  return variances;
}

}  // namespace reelbatch::inference
