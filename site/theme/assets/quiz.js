// The verdict of a quiz is already visible through CSS; this says it to screen readers too.
document.addEventListener("change", ({ target }) => {
  const quiz = target.closest(".quiz");
  const feedback = target.parentElement.querySelector(".quiz__feedback");
  if (quiz && feedback) quiz.querySelector("[role=status]").textContent = feedback.textContent;
});
